// Command evercart is the server and the operator's tool.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/evercart/evercart/bootstrap/cli"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go stopOn(signals, cancel)
	os.Exit(cli.Main(ctx, os.Args[0], os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// oneWish is the time within which signals are one wish: timeout(1) signals a program
// twice, itself and by its group.
const oneWish = 250 * time.Millisecond

// stopOn lets the first signal end the work in good order, and a later one end the
// process at once. That loses nothing that was acknowledged.
func stopOn(signals <-chan os.Signal, cancel context.CancelFunc) {
	<-signals
	wished := time.Now()
	cancel()
	for range signals {
		if time.Since(wished) > oneWish {
			break
		}
	}
	fmt.Fprintln(os.Stderr, "evercart: ended at once, by a second signal")
	os.Exit(1)
}

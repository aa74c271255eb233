// Command awslocal is an installation of Evercart on local servers of AWS's APIs,
// for a person to play with: `make aws-local`. It says how programs find it, plays
// the part of Lambda until it is told to stop, and leaves nothing behind.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/evercart/evercart/bootstrap/localaws"
)

// prefix begins the names of everything.
const prefix = "evercart"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: awslocal TOOLS FUNCTIONS")
		os.Exit(2)
	}
	if err := run(ctx, os.Args[1], os.Args[2], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "aws-local:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// run runs the installation until ctx ends: servers from the folder of tools, and
// the functions that were built into the folder functions. What goes wrong in them
// is told to said.
func run(ctx context.Context, tools, functions string, out, said io.Writer) error {
	servers, err := localaws.Start(ctx, tools)
	if err != nil {
		return err
	}
	defer servers.Stop()
	log := slog.New(slog.NewTextHandler(said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	stack := servers.Stack(prefix)
	stack.Functions, stack.Output, stack.Log = functions, &problems{to: said}, log
	if err := stack.Create(ctx); err != nil {
		return err
	}
	running, err := stack.Start(ctx)
	if err != nil {
		return err
	}
	defer running.Stop()
	fmt.Fprintf(out, "Evercart's functions run on local servers. In another terminal, paste:\n\n")
	for _, variable := range servers.Environment(prefix) {
		fmt.Fprintf(out, "export %s\n", variable)
	}
	fmt.Fprintf(out, "\nAll is in memory and gone when this ends. Stop it with Ctrl-C.\n")
	<-ctx.Done()
	return nil
}

// Package cli is the command line of evercart: what people type, and what they
// read. Exit codes are 0, 1 (refused or failed) and 2 (usage or configuration).
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/bootstrap/config"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// commandLine is every command and flag.
type commandLine struct {
	Data    *string `help:"Folder of the databases and the archive. Default: EVERCART_DATA, or ./data." placeholder:"FOLDER" group:"Everywhere:"`
	Backend *string `help:"What holds the data: memory, sqlite or aws. Default: EVERCART_BACKEND, or sqlite." placeholder:"NAME" group:"Everywhere:"`
	JSON    bool    `help:"Print JSON, for scripts." group:"Everywhere:"`

	Serve serveCommand `cmd:"" help:"Serve HTTP and run the whole pipeline, in one process."`
	Cart  cartCommands `cmd:"" help:"Open, fill, close and look at carts, as the operator."`
	Views viewCommands `cmd:"" help:"Look after the read models."`
	Demo  demoCommand  `cmd:"" help:"Fill the store with made-up carts, to look around."`

	Replay     replayCommands     `cmd:"" help:"Send archived events to a handler again."`
	Quarantine quarantineCommands `cmd:"" help:"Look after records that could not be read."`

	Verify   verifyCommand   `cmd:"" help:"Prove that every stream and the archive are whole."`
	Backfill backfillCommand `cmd:"" help:"Publish what the archive lacks, from the store."`
	Restore  restoreCommand  `cmd:"" help:"Fill an empty store from an archive."`

	Cost    costCommand    `cmd:"" help:"Say what all of this costs on AWS."`
	Version versionCommand `cmd:"" help:"Print the program's version, and the commit that it was built from."`
}

const description = `Evercart is an event-sourced shopping cart.

Start it with 'evercart serve', or work on its data folder right from here, also while it serves:

  evercart cart open                                  opens a cart and prints its ID
  evercart cart add ID tea --quantity 2               puts two teas into it
  evercart cart add ID mug --price 4.99 --currency EUR
  evercart cart close ID                              closes it
  evercart cart history ID                            shows what happened, an event a line

Flags may stand before or after arguments. Exit codes: 0 done, 1 refused or failed, 2 wrong usage or configuration.`

// output is where a command writes, and how.
type output struct {
	stdout io.Writer
	stderr io.Writer
	json   bool
	called invocation
}

// Main runs one command line and returns the exit code. program is what the shell
// called it by, as os.Args begins; environment is as os.Environ returns it. It ends
// early when ctx does.
func Main(ctx context.Context, program string, args, environment []string, stdout, stderr io.Writer) int {
	var line commandLine
	ended := -1
	called := invocation{typed: program, program: bootstrap.ShellWord(program)}
	parser, err := newParser(&line, called, kong.Writers(stdout, stderr), kong.Exit(func(code int) { ended = code }))
	if err != nil {
		return fail(stderr, called, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	for _, arg := range args {
		if !utf8.ValidString(arg) { // kong would put another character in its place
			return fail(stderr, called, usage(fmt.Errorf("argument %q is not valid UTF-8", arg)))
		}
	}
	parsed, err := parser.Parse(joinNegative(args))
	if ended >= 0 {
		return ended // help was printed
	}
	if err != nil {
		return fail(stderr, called, misread(called, err))
	}
	if name := emptyFlag(parsed); name != "" {
		return fail(stderr, called, inCommand(usage(fmt.Errorf(`%s is "", want a value, or no such flag`, name)), pathOf(parsed.Selected())))
	}
	called.flags = line.given()
	out := &output{stdout: stdout, stderr: stderr, json: line.JSON, called: called}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.BindToProvider(func() (bootstrap.Config, error) { return line.config(environment) }); err != nil {
		return fail(stderr, called, err)
	}
	if err := parsed.Run(out); err != nil {
		return fail(stderr, called, inCommand(err, pathOf(parsed.Selected())))
	}
	return exitOK
}

func newParser(line *commandLine, called invocation, options ...kong.Option) (*kong.Kong, error) {
	parser, err := kong.New(line, append(options,
		kong.Name(called.program), kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ValueFormatter(helpOf), numbers(), durations(),
	)...)
	if err == nil {
		called.inHelp(parser.Model.Node)
	}
	return parser, err
}

// config is the environment's configuration under the flags.
func (l *commandLine) config(environment []string) (bootstrap.Config, error) {
	var flags []config.Flag
	for _, f := range []struct {
		value          *string
		name, variable string
	}{
		{l.Data, "--data", "EVERCART_DATA"},
		{l.Backend, "--backend", "EVERCART_BACKEND"},
		{l.Serve.Addr, "--addr", "EVERCART_ADDR"},
	} {
		if f.value != nil {
			flags = append(flags, config.Flag{Name: f.name, Variable: f.variable, Value: *f.value})
		}
	}
	return config.Load(environment, flags...)
}

// fail prints an error as one message and returns its exit code.
func fail(stderr io.Writer, called invocation, err error) int {
	var refusal *es.Refusal
	var again *app.TryAgainError
	var mistake *usageError
	var settings *config.Error
	var quiet *silentExit
	switch {
	case errors.As(err, &quiet):
		return quiet.code
	case errors.As(err, &refusal):
		fmt.Fprintf(stderr, "evercart: %s: %s\n", refusal.Code, refusal.Message)
	case errors.As(err, &again):
		fmt.Fprintf(stderr, "evercart: %s: %v\n", app.CodeTryAgain, again)
	case errors.As(err, &mistake):
		fmt.Fprintf(stderr, "evercart: %v\n%s shows how it is used.\n", err, called.help(mistake.command...))
		return exitUsage
	case errors.As(err, &settings):
		fmt.Fprintf(stderr, "evercart: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(stderr, "evercart: %s\n", strings.TrimSpace(err.Error()))
	}
	return exitFailed
}

// silentExit ends with a code; what there was to say was said.
type silentExit struct{ code int }

func (e *silentExit) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// logger writes JSON lines for machines.
func (o *output) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(o.stderr, &slog.HandlerOptions{Level: level}))
}

package functions

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"go.uber.org/dig"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/config"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Main runs the function of that name; program provides its lambdafn.Handler. It
// ends with the process only.
func Main(name string, program fx.Option) {
	function, err := New(name, os.Environ(), os.Stdout, program)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lambda.Start(function)
}

// New builds a function from the environment, variables "NAME=value". Logs and
// metrics go to out.
func New(name string, environment []string, out io.Writer, program fx.Option) (*lambdafn.Function, error) {
	function := &lambdafn.Function{}
	built := fx.New(Program(name, environment, out, program, function))
	if err := built.Err(); err != nil {
		return nil, fmt.Errorf("function %s: %w", name, dig.RootCause(err))
	}
	return function, nil
}

// Program is a whole function as fx sees it. It fills in function, of which program
// provides the handler.
func Program(name string, environment []string, out io.Writer, program fx.Option, function *lambdafn.Function) fx.Option {
	return fx.Options(
		fx.NopLogger,
		fx.Provide(func() (*Base, error) { return newBase(name, environment, out) }),
		program,
		fx.Invoke(func(b *Base, handler lambdafn.Handler) {
			function.Handler, function.Log, function.Meter = handler, b.Log, b.EMF
		}),
	)
}

// Base is what every function has. It is provided as one: each part that fx knows
// costs every cold start some tens of microseconds.
type Base struct {
	Config      config.Config
	Environment Environment
	AWS         aws.Config
	Name        string // the function's, as deployed; empty outside of Lambda
	Now         func() time.Time
	IDs         *es.IDs
	Log         *slog.Logger
	EMF         *lambdafn.Meter
	Meter       ports.Meter // EMF as the ports know it
}

func newBase(name string, environment []string, out io.Writer) (*Base, error) {
	env := ReadEnvironment(environment)
	c, err := config.Load(environment)
	if err != nil {
		return nil, err
	}
	a, err := newAWS(env)
	if err != nil {
		return nil, err
	}
	b := &Base{
		Config: c, Environment: env, AWS: a, Name: env["AWS_LAMBDA_FUNCTION_NAME"], Now: time.Now,
		Log: lambdafn.NewLogger(out, c.LogLevel, identity(name, env)),
	}
	b.EMF = lambdafn.NewMeter(out, cmp.Or(b.Name, name), b.Now)
	b.IDs, b.Meter = newIDs(b.Now), b.EMF
	return b, nil
}

// commit is what the function was built from, with "-dirty" where files differed from
// it; the linker sets it. Empty: the build did not say.
var commit string

// identity reads what Lambda says of the function (Lambda Developer Guide, "Defined
// runtime environment variables").
func identity(name string, env Environment) lambdafn.Identity {
	memory, _ := strconv.Atoi(env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) // 0 outside of Lambda
	return lambdafn.Identity{
		Service: name, Name: env["AWS_LAMBDA_FUNCTION_NAME"], Version: env["AWS_LAMBDA_FUNCTION_VERSION"], MemoryMB: memory,
		Commit: commit,
	}
}

func newIDs(now func() time.Time) *es.IDs {
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // never fails: crypto/rand ends the program instead
	return es.NewIDs(now, seed)
}

package bootstrap_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/bootstrap/config"
)

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func configured(t *testing.T, variables ...string) bootstrap.Config {
	t.Helper()
	c, err := config.Load(append([]string{"EVERCART_DATA=" + t.TempDir(), "EVERCART_ADDR=127.0.0.1:0"}, variables...))
	require.NoError(t, err)
	return c
}

func TestEveryProgramIsWhole(t *testing.T) {
	t.Parallel()
	for _, backend := range []string{bootstrap.BackendMemory, bootstrap.BackendSQLite, bootstrap.BackendAWS} {
		c := configured(t, "EVERCART_BACKEND="+backend, "EVERCART_ARCHIVE=s3://bucket")
		programs := map[string]fx.Option{
			"serve":    bootstrap.Serve(c, silent(), io.Discard),
			"operator": bootstrap.Operate(c, silent(), &bootstrap.Operator{}),
			"observer": bootstrap.Look(c, silent(), &bootstrap.Operator{}),
		}
		for name, program := range programs {
			t.Run(name+" on "+backend, func(t *testing.T) {
				t.Parallel()
				assert.NoError(t, fx.ValidateApp(program))
			})
		}
	}
}

func TestAProgram(t *testing.T) {
	t.Parallel()
	t.Run("starts, works and stops on every backend", func(t *testing.T) {
		t.Parallel()
		for _, backend := range []string{bootstrap.BackendMemory, bootstrap.BackendSQLite} {
			var op bootstrap.Operator
			worked := false
			err := bootstrap.Run(t.Context(), bootstrap.Operate(configured(t, "EVERCART_BACKEND="+backend), silent(), &op), time.Minute,
				func(ctx context.Context) error {
					worked = true
					_, err := op.Catalog.Views(ctx)
					return err
				})
			require.NoError(t, err)
			assert.True(t, worked)
		}
	})
	t.Run("ends with the error of its work", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("broken")
		var op bootstrap.Operator
		err := bootstrap.Run(t.Context(), bootstrap.Operate(configured(t), silent(), &op), time.Minute, func(context.Context) error { return broken })
		assert.ErrorIs(t, err, broken)
	})
	t.Run("says in one line that a port is in use, and what to do, and makes nothing", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's listener
		require.NoError(t, err)
		t.Cleanup(func() { _ = listener.Close() })
		c := configured(t, "EVERCART_DATA="+filepath.Join(t.TempDir(), "data"))
		c.Addr = listener.Addr().String()
		code, err := bootstrap.RunUntilStopped(t.Context(), bootstrap.Serve(c, silent(), io.Discard), time.Minute)
		assert.Equal(t, 1, code)
		require.EqualError(t, err, "cannot listen on "+c.Addr+": address already in use; choose another with --addr or EVERCART_ADDR")
		assert.ErrorIs(t, err, syscall.EADDRINUSE)
		assert.NoDirExists(t, c.Data)
	})
	t.Run("says in one line what is wrong with its data folder", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, []byte("no folder"), 0o600))
		garbage := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(garbage, "events.db"), []byte("this is no database, but it is long enough to look"), 0o600))
		for _, data := range []string{file, filepath.Join(file, "below"), garbage} {
			c := configured(t)
			c.Data = data
			_, err := bootstrap.RunUntilStopped(t.Context(), bootstrap.Serve(c, silent(), io.Discard), time.Minute)
			require.Error(t, err, data)
			assert.Contains(t, err.Error(), data)
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "dig")
		}
	})
	t.Run("that serves ends with 0 when it is told to stop", func(t *testing.T) {
		t.Parallel()
		ctx, stop := context.WithCancel(t.Context())
		started := writerFunc(func(p []byte) (int, error) { stop(); return len(p), nil })
		code, err := bootstrap.RunUntilStopped(ctx, bootstrap.Serve(configured(t), silent(), started), time.Minute)
		require.NoError(t, err)
		assert.Zero(t, code)
	})
}

type writerFunc func(p []byte) (int, error)

func (w writerFunc) Write(p []byte) (int, error) { return w(p) }

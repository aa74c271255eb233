package player

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn/runtimetest"
)

// TestMain is the function as well: started by an environment, this binary serves
// the Runtime API instead of running tests.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	calls := 0
	lambda.Start(func(_ context.Context, in map[string]string) (map[string]any, error) {
		calls++
		switch in["do"] {
		case "exit":
			os.Exit(4)
		case "panic":
			panic("no tea")
		}
		return map[string]any{"pid": os.Getpid(), "calls": calls}, nil
	})
}

// lone is a stack of one function, "shop-relay", that nothing calls but the test.
func lone(t *testing.T, observe func(*Invocation)) *Running {
	t.Helper()
	folder := t.TempDir()
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(folder, "relay"), 0o755))
	require.NoError(t, os.Symlink(self, filepath.Join(folder, "relay", "bootstrap")))
	programs, err := built(folder)
	require.NoError(t, err)
	require.Equal(t, []string{"relay"}, programs)
	nobody := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(nobody.Close)
	s := &Stack{
		Prefix: "shop", Functions: folder, Tempo: Tempo{Again: time.Millisecond}, Observe: observe,
		Endpoints: Endpoints{DynamoDB: nobody.URL, Kinesis: nobody.URL, Other: nobody.URL},
	}
	r := &Running{stack: s, clients: s.Endpoints.clients(), log: slog.New(slog.DiscardHandler), server: &http.Server{}}
	r.ctx, r.end = context.WithCancel(context.WithoutCancel(t.Context()))
	r.functions = map[string]*function{"relay": s.newFunction("relay", nil)}
	t.Cleanup(r.Stop)
	return r
}

func call(t *testing.T, r *Running, name, kind, body string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/2015-03-31/functions/"+name+"/invocations", strings.NewReader(body))
	request.Header.Set("X-Amz-Invocation-Type", kind)
	r.api().ServeHTTP(w, request)
	return w
}

func TestAFunctionsEnvironments(t *testing.T) {
	t.Parallel()
	t.Run("are used again while they live, and replaced when they are gone", func(t *testing.T) {
		t.Parallel()
		r := lone(t, nil)
		first, err := r.Invoke(t.Context(), "relay", []byte(`{}`))
		require.NoError(t, err)
		second, err := r.Invoke(t.Context(), "relay", []byte(`{}`))
		require.NoError(t, err)
		assert.Contains(t, string(first), `"calls":1`)
		assert.Contains(t, string(second), `"calls":2`)
		for _, how := range []string{"exit", "panic"} {
			_, err = r.Invoke(t.Context(), "relay", []byte(`{"do": "`+how+`"}`))
			var failed *runtimetest.FunctionError
			require.ErrorAs(t, err, &failed)
			again, err := r.Invoke(t.Context(), "relay", []byte(`{}`))
			require.NoError(t, err, "after %s", how)
			assert.Contains(t, string(again), `"calls":1`)
		}
	})
	t.Run("are not there for a program that is not", func(t *testing.T) {
		t.Parallel()
		_, err := lone(t, nil).Invoke(t.Context(), "archive", nil)
		assert.ErrorContains(t, err, "there is no function shop-archive")
	})
	t.Run("are no more after the end", func(t *testing.T) {
		t.Parallel()
		r := lone(t, nil)
		r.Stop()
		_, err := r.Invoke(t.Context(), "relay", []byte(`{}`))
		assert.ErrorIs(t, err, errStopped)
	})
}

func TestTheLambdaAPI(t *testing.T) {
	t.Parallel()
	t.Run("answers with the function's answer, by each form of its name", func(t *testing.T) {
		t.Parallel()
		r := lone(t, nil)
		for _, name := range []string{"shop-relay", "shop-relay:live", "000000000000:function:shop-relay", "arn:aws:lambda:eu-central-1:000000000000:function:shop-relay:live"} {
			w := call(t, r, name, "RequestResponse", `{}`)
			assert.Equal(t, http.StatusOK, w.Code, name)
			assert.Contains(t, w.Body.String(), `"calls":`, name)
		}
	})
	t.Run("says of a function that failed so, and what it said", func(t *testing.T) {
		t.Parallel()
		w := call(t, lone(t, nil), "shop-relay", "RequestResponse", `{"do": "panic"}`)
		assert.Equal(t, http.StatusOK, w.Code)
		assert.Equal(t, "Unhandled", w.Header().Get("X-Amz-Function-Error"))
		assert.Contains(t, w.Body.String(), "no tea")
	})
	t.Run("takes an event, and tries it twice more where the function fails", func(t *testing.T) {
		t.Parallel()
		var mu sync.Mutex
		tries := 0
		r := lone(t, func(*Invocation) { mu.Lock(); defer mu.Unlock(); tries++ })
		assert.Equal(t, http.StatusAccepted, call(t, r, "shop-relay", "Event", `{"do": "exit"}`).Code)
		r.work.Wait()
		assert.Equal(t, 3, tries)
	})
	t.Run("refuses what it does not know", func(t *testing.T) {
		t.Parallel()
		r := lone(t, nil)
		for _, name := range []string{"shop-archive", "other-relay", "relay"} {
			w := call(t, r, name, "RequestResponse", `{}`)
			assert.Equal(t, http.StatusNotFound, w.Code, name)
			assert.Equal(t, "ResourceNotFoundException", w.Header().Get("X-Amzn-ErrorType"))
		}
		assert.Equal(t, http.StatusBadRequest, call(t, r, "shop-relay", "Sometimes", `{}`).Code)
		assert.Equal(t, http.StatusNoContent, call(t, r, "shop-relay", "DryRun", `{}`).Code)
	})
}

package httpapi

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// silentIssuer answers once with a key, and then no more: each fetch ends when its
// time is over.
func silentIssuer() *keySet {
	fetches := 0
	return newKeySet(func() ([]jose.JSONWebKey, error) {
		if fetches++; fetches == 1 {
			return []jose.JSONWebKey{{KeyID: "first"}}, nil
		}
		<-time.After(issuerTimeout)
		return nil, errors.New("no answer")
	})
}

func TestAnIssuerThatFellSilent(t *testing.T) {
	t.Parallel()
	ask := func(t *testing.T, s *keySet) (keys []jose.JSONWebKey, took time.Duration) {
		t.Helper()
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), DefaultTimeout)
		defer cancel()
		keys, err := s.forToken(ctx, "first")
		require.NoError(t, err)
		return keys, time.Since(began)
	}
	t.Run("has its known keys serve on", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := silentIssuer()
			ask(t, s)
			<-time.After(keysFresh)
			keys, _ := ask(t, s)
			assert.Len(t, keys, 1)
			<-time.After(issuerTimeout)
		})
	})
	t.Run("holds up nobody once that is known", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := silentIssuer()
			ask(t, s)
			<-time.After(keysFresh)
			ask(t, s)
			<-time.After(issuerTimeout)
			for range 60 {
				<-time.After(time.Second)
				_, took := ask(t, s)
				assert.Zero(t, took)
			}
			<-time.After(issuerTimeout)
		})
	})
}

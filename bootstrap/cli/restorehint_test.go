package cli

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/bootstrap"
)

func TestARestoreWithoutAViewSaysWhatGoesOn(t *testing.T) {
	t.Parallel()
	out := &output{called: invocation{program: "dist/evercart", flags: []string{"--data", "restored"}}}
	full := errors.New("the disk is full")
	err := out.unrestored(&bootstrap.ViewNotBuiltError{View: "carts", Err: full})
	assert.EqualError(t, err, "all events are restored, but view carts is not built: the disk is full; 'dist/evercart views rebuild carts --data restored' goes on")
	assert.ErrorIs(t, err, full)
}

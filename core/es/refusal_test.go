package es_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/core/es"
)

func TestARefusal(t *testing.T) {
	t.Parallel()
	closed := &es.Refusal{Code: "closed", Message: "it is closed"}
	full := &es.Refusal{Code: "full", Message: "it is full"}
	t.Run("with details of its own is still the same", func(t *testing.T) {
		t.Parallel()
		detailed := closed.With("cart 7 is closed")
		assert.ErrorIs(t, detailed, closed)
		assert.ErrorIs(t, fmt.Errorf("close: %w", detailed), closed)
		assert.Equal(t, "cart 7 is closed", detailed.Error())
		assert.Equal(t, "it is closed", closed.Message, "the declared one stays as it is")
	})
	t.Run("is no other, and no fault is one", func(t *testing.T) {
		t.Parallel()
		assert.NotErrorIs(t, closed, full)
		assert.NotErrorIs(t, full.With("it is closed"), closed, "words are no code")
		assert.NotErrorIs(t, closed, errors.New("it is closed"))
		assert.NotErrorIs(t, errors.New("it is closed"), closed)
	})
}

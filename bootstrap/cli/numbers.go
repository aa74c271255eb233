package cli

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/alecthomas/kong"
)

// numbers lets the parser say of every number what people call it: the parser's own
// words are those of Go.
func numbers() kong.Option {
	return kong.OptionFunc(func(k *kong.Kong) error {
		for _, kind := range []reflect.Kind{reflect.Int, reflect.Int64, reflect.Uint64} {
			if err := kong.KindMapper(kind, kong.MapperFunc(wholeNumber)).Apply(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// durations does the same for durations.
func durations() kong.Option {
	return kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(func(c *kong.DecodeContext, target reflect.Value) error {
		var text string
		if err := c.Scan.PopValueInto("duration", &text); err != nil {
			return err
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("want a duration such as 90s or 5m, not %q", text)
		}
		target.SetInt(int64(d))
		return nil
	}))
}

// wholeNumber reads a whole number as it is typed.
func wholeNumber(c *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := c.Scan.PopValueInto("number", &text); err != nil {
		return err
	}
	var err error
	if target.CanUint() {
		var n uint64
		n, err = strconv.ParseUint(text, 10, 64)
		target.SetUint(n)
	} else {
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		target.SetInt(n)
	}
	switch {
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%s is too large a number", text)
	case err != nil && target.CanUint():
		return fmt.Errorf("want a whole number from 0, not %q", text)
	case err != nil:
		return fmt.Errorf("want a whole number, not %q", text)
	}
	return nil
}

package app

import (
	"fmt"
	"strings"
)

// UnknownViewError says that somebody named a view that there is not.
type UnknownViewError struct {
	View  string
	Known []string // those that there are
}

func (e *UnknownViewError) Error() string {
	return fmt.Sprintf("there is no view %q; there are %s", e.View, strings.Join(e.Known, ", "))
}

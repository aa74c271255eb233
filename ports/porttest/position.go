package porttest

import (
	"fmt"
	"regexp"

	"github.com/evercart/evercart/ports"
)

var positionForm = regexp.MustCompile(`^[A-Za-z0-9]{1,128}$`)

// fits returns an error unless p fits a file's name.
func fits(p ports.Position) error {
	if !positionForm.MatchString(string(p)) {
		return fmt.Errorf("position %q, want 1 to 128 of A-Z, a-z and 0-9", p)
	}
	return nil
}

// foreign returns positions that are not of the store or feed that made own: two
// in forms that no adapter uses, and one that differs in the first character.
func foreign(own ports.Position) []ports.Position {
	other := "z"
	if own[0] == 'z' {
		other = "y"
	}
	return []ports.Position{"-", "nowhere", ports.Position(other) + own[1:]}
}

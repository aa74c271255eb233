package cli

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest returns the names that were meant by one that is none: those that begin as
// it does, or that it begins with; else those that it abbreviates; else those that
// differ from it in few of their letters. It returns none rather than any.
func nearest(name string, names []string) []string {
	for _, like := range []func(name, other string) bool{
		func(name, other string) bool { return name == other },
		func(name, other string) bool {
			return len(name) > 1 && (strings.HasPrefix(other, name) || strings.HasPrefix(name, other))
		},
		abbreviates,
		func(name, other string) bool { return misspells(name, other, 1) },
		func(name, other string) bool { return misspells(name, other, 2) },
		func(name, other string) bool { return len(name) == 1 && strings.HasPrefix(other, name) },
	} {
		var found []string
		for _, other := range names {
			if like(name, other) && !slices.Contains(found, other) {
				found = append(found, other)
			}
		}
		if len(found) > 0 && len(found) <= 3 {
			return found
		}
	}
	return nil
}

// abbreviates reports whether short is another name's first letter and some of the
// later ones, in order: qty for quantity.
func abbreviates(short, name string) bool {
	if len(short) < 2 || !strings.HasPrefix(name, short[:1]) {
		return false
	}
	for _, letter := range short {
		_, rest, found := strings.Cut(name, string(letter))
		if !found {
			return false
		}
		name = rest
	}
	return true
}

// misspells reports whether a name differs from another in so many letters, and in no
// more than one of four.
func misspells(name, other string, letters int) bool {
	return levenshtein.ComputeDistance(name, other) == letters && min(len(name), len(other)) >= 4*letters
}

package filescratch

import (
	"context"
	"fmt"
	"os"

	"github.com/evercart/evercart/ports"
)

// maxRecord is the most bytes of a record.
const maxRecord = 1 << 20

// Scratch is a ports.Scratch in a folder. It is safe for concurrent use.
type Scratch struct {
	folder string
	files  files
}

// files are the calls to the system that tests replace.
type files struct {
	create func(folder, pattern string) (*os.File, error)
	remove func(name string) error
}

var _ ports.Scratch = (*Scratch)(nil)

// New returns a scratch in folder, which must be there; empty: os.TempDir.
func New(folder string) *Scratch {
	if folder == "" {
		folder = os.TempDir()
	}
	return &Scratch{folder: folder, files: files{create: os.CreateTemp, remove: os.Remove}}
}

// NewPile implements ports.Scratch. The pile opens a file for each part that has
// more than 32 KiB, and holds up to as much of each part in memory.
func (s *Scratch) NewPile(ctx context.Context, parts int) (ports.Pile, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("filescratch: new pile: %w", err)
	}
	if parts < 1 {
		return nil, fmt.Errorf("filescratch: new pile: %d parts, want 1 or more", parts)
	}
	p := &pile{parts: make([]part, parts)}
	for i := range p.parts {
		p.parts[i].folder, p.parts[i].files = s.folder, &s.files
	}
	return p, nil
}

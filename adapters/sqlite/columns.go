package sqlite

import (
	"bytes"
	"fmt"
)

// Columns hold values of any kind, whatever their tables say, and package database/sql
// turns one kind into another: so what a tool wrote into a column could be read as
// something else. These read one kind, and NULL.

// textColumn is the value of a column of text.
type textColumn struct {
	text  string
	there bool // it is not NULL
}

// Scan implements sql.Scanner.
func (c *textColumn) Scan(value any) error {
	if value == nil {
		*c = textColumn{}
		return nil
	}
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("it holds %T, want text", value)
	}
	*c = textColumn{text, true}
	return nil
}

// blobColumn is the value of a column of bytes; NULL has none.
type blobColumn []byte

// Scan implements sql.Scanner.
func (c *blobColumn) Scan(value any) error {
	if value == nil {
		*c = nil
		return nil
	}
	blob, ok := value.([]byte)
	if !ok {
		return fmt.Errorf("it holds %T, want bytes", value)
	}
	*c = bytes.Clone(blob) // the driver's own
	return nil
}

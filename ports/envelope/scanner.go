package envelope

// Scanner reads one JSON text, strictly (RFC 8259, valid UTF-8), without
// allocating but for strings that hold escapes. Errors stick: after the first,
// every method returns zero values and Err says what and where.
type Scanner struct{}

// Scan returns a scanner over text.
func Scan(text string) Scanner { panic("stub") }

// Object enters an object; it is an error if the next value is none.
func (s *Scanner) Object() { panic("stub") }

// Field moves to the object's next member and returns its key; ok is false at the
// object's end, which it leaves, and after an error. The caller reads or skips
// the value before the next call.
func (s *Scanner) Field() (key string, ok bool) { panic("stub") }

// Array enters an array.
func (s *Scanner) Array() { panic("stub") }

// Element reports whether the array has another element, which the caller then
// reads or skips; false at the array's end, which it leaves, and after an error.
func (s *Scanner) Element() bool { panic("stub") }

// String reads a string. It shares memory with the text unless it holds escapes.
func (s *Scanner) String() string { panic("stub") }

// Int reads a number that is written as an integer in the range of int64.
func (s *Scanner) Int() int64 { panic("stub") }

// Raw reads any value and returns its text, checked.
func (s *Scanner) Raw() string { panic("stub") }

// Skip reads any value.
func (s *Scanner) Skip() { panic("stub") }

// Kind returns the kind of the next value without reading it: one of
// '{' '[' '"' '0' (a number) 't' 'f' 'n', or 0 at the end or after an error.
func (s *Scanner) Kind() byte { panic("stub") }

// Fail makes err the scanner's error, unless it has one.
func (s *Scanner) Fail(err error) { panic("stub") }

// Err returns the first error.
func (s *Scanner) Err() error { panic("stub") }

// End checks that nothing but white space follows, and returns the first error.
func (s *Scanner) End() error { panic("stub") }

// AppendString appends s as a JSON string, not HTML-escaped.
func AppendString(dst []byte, s string) []byte { panic("stub") }

// ValidData returns an error unless data is one compact JSON object in valid
// UTF-8, as ports.Event.Data must be.
func ValidData(data string) error { panic("stub") }

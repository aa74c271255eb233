package envelope

// skipPlainObject returns the index after the object that begins at text[i] and
// may nest room deep, if it is compact and holds nothing but objects, plain strings
// and positive integers. Of any other it returns -1, and skip judges it. It is
// there for speed alone.
func skipPlainObject(text string, i, room int) int {
	if i++; room == 0 || i >= len(text) {
		return -1
	}
	if text[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(text) || text[i] != '"' {
			return -1
		}
		i = skipPlain(text, i+1)
		if i+2 >= len(text) || text[i] != '"' || text[i+1] != ':' {
			return -1
		}
		switch i += 2; {
		case text[i] == '"':
			if i = skipPlain(text, i+1); i == len(text) || text[i] != '"' {
				return -1
			}
			i++
		case text[i]-'1' < 9:
			for i++; i < len(text) && text[i]-'0' <= 9; i++ {
			}
		case text[i] == '{':
			if i = skipPlainObject(text, i, room-1); i < 0 {
				return -1
			}
		default:
			return -1
		}
		switch {
		case i == len(text):
			return -1
		case text[i] == '}':
			return i + 1
		case text[i] != ',':
			return -1
		}
		i++
	}
}

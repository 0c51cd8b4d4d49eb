package wire

import (
	"bytes"
	"encoding/json"
	"errors"
)

// maxDepth bounds how deeply the values of a message are nested.
const maxDepth = 64

// Fields are what is measured by of a message.
type Fields struct {
	// The values of the keys type, name, state and locationName. They lie in the message,
	// unless one had escapes; nil if the message has no such string.
	Type, Name, State, Location []byte
	Seq                         int64 // the value of seq, if HasSeq
	HasSeq                      bool  // seq is a whole number that fits
}

// errNotObject is all that is said of a message that is not one JSON object: what is wrong
// with it is for the suites to find.
var errNotObject = errors.New("the message is not one JSON object")

// Scan reads the fields off the top level of a message that is one JSON object (RFC 8259),
// nested no deeper than 64. All of it is checked, and nothing allocated unless a field has
// escapes. Keys are found as by encoding/json: in any case, and the last one counts; a value
// of an unexpected kind is passed over.
func Scan(body []byte) (Fields, error) {
	var f Fields
	s := scanner{b: body}
	s.space()
	if !s.eat('{') {
		return Fields{}, errNotObject
	}
	s.space()
	for first := true; !s.eat('}'); first = false {
		if !first {
			if !s.eat(',') {
				return Fields{}, errNotObject
			}
			s.space()
		}
		key, ok := s.text()
		if ok {
			s.space()
			ok = s.eat(':')
		}
		if ok {
			s.space()
			ok = s.member(&f, key)
		}
		if !ok {
			return Fields{}, errNotObject
		}
		s.space()
	}
	if s.space(); s.at != len(s.b) {
		return Fields{}, errNotObject
	}
	return f, nil
}

// member reads a value of the top level, and keeps it if the key is one of the fields'.
func (s *scanner) member(f *Fields, key []byte) bool {
	k := fieldOf(key)
	begin := s.at
	if k == noField || s.at == len(s.b) {
		return s.value(1)
	}
	switch c := s.b[s.at]; {
	case c == '"' && k != seqField:
		text, ok := s.text()
		if !ok {
			return false
		}
		*f.text(k) = unescape(text, s.b[begin:s.at])
		return true
	case k == seqField && (c == '-' || c >= '0' && c <= '9'):
		if !s.number() {
			return false
		}
		if n, ok := whole(s.b[begin:s.at]); ok {
			f.Seq, f.HasSeq = n, true
		}
		return true
	}
	return s.value(1)
}

// field is one of Fields.
type field int

const (
	noField field = iota
	typeField
	nameField
	stateField
	locationField
	seqField
)

var (
	typeKey     = []byte("type")
	nameKey     = []byte("name")
	stateKey    = []byte("state")
	locationKey = []byte("locationName")
	seqKey      = []byte("seq")
)

// text is where the value of a field of text goes.
func (f *Fields) text(which field) *[]byte {
	switch which {
	case typeField:
		return &f.Type
	case nameField:
		return &f.Name
	case stateField:
		return &f.State
	}
	return &f.Location
}

// fieldOf finds the field of a key, which is raw.
func fieldOf(key []byte) field {
	switch string(key) {
	case "type":
		return typeField
	case "name":
		return nameField
	case "state":
		return stateField
	case "locationName":
		return locationField
	case "seq":
		return seqField
	case "":
		return noField
	}
	// Any other spelling begins with one of these: a letter, an escape, or the long s,
	// which is an s in another case.
	switch key[0] {
	case 't', 'T', 'n', 'N', 's', 'S', 'l', 'L', '\\', 0xC5:
		return folded(key)
	}
	if bytes.IndexByte(key, '\\') >= 0 {
		return folded(key)
	}
	return noField
}

// folded finds the field of a key in another spelling.
func folded(key []byte) field {
	if bytes.IndexByte(key, '\\') >= 0 {
		key = unescape(key, nil)
	}
	switch {
	case bytes.EqualFold(key, typeKey):
		return typeField
	case bytes.EqualFold(key, nameKey):
		return nameField
	case bytes.EqualFold(key, stateKey):
		return stateField
	case bytes.EqualFold(key, locationKey):
		return locationField
	case bytes.EqualFold(key, seqKey):
		return seqField
	}
	return noField
}

// unescape returns the content of a string as it is meant. Quoted is the same with its
// quotes, or nil to have them made.
func unescape(raw, quoted []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	if quoted == nil {
		quoted = append(append([]byte{'"'}, raw...), '"')
	}
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return raw // cannot be: the string was checked
	}
	return []byte(text)
}

// whole reads a number without fraction and exponent, if it fits.
func whole(b []byte) (int64, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 19 { // the largest has 19 digits
		return 0, false
	}
	var n uint64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	switch {
	case negative && n <= 1<<63:
		return int64(-n), true //nolint:gosec // two's complement
	case !negative && n < 1<<63:
		return int64(n), true
	}
	return 0, false
}

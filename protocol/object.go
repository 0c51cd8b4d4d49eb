package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// MaxDepth is how deep JSON from the wire may nest before it is refused.
const MaxDepth = 64

// Object is a JSON object from the wire with every member still raw, so that a
// missing field, a null, a wrong type and an unknown field can be told apart.
type Object map[string]json.RawMessage

// Problem is what is wrong with a field. It is the error that a FieldError wraps.
type Problem string

func (p Problem) Error() string { return string(p) }

// The ways in which a field can disappoint.
const (
	Missing   Problem = "is missing"
	Null      Problem = "is null"
	WrongType Problem = "has the wrong type"
	BadForm   Problem = "has the wrong form"
)

// FieldError tells what is wrong with one field of an object.
type FieldError struct {
	Key     string
	Problem Problem
	Want    string // what would have been right, in words
	Got     string // the offending JSON, shortened; of a credential only its kind
}

func (e *FieldError) Error() string {
	if e.Got == "" {
		return fmt.Sprintf("%q %s (want %s)", e.Key, e.Problem, e.Want)
	}
	return fmt.Sprintf("%q %s: %s (want %s)", e.Key, e.Problem, e.Got, e.Want)
}

// Unwrap returns the problem, so that errors.Is finds it among joined errors.
func (e *FieldError) Unwrap() error { return e.Problem }

// IsProblem tells whether err is a FieldError of the given kind, or wraps or
// joins one.
func IsProblem(err error, p Problem) bool { return errors.Is(err, p) }

// ParseObject reads data as exactly one JSON object in valid UTF-8, nested at
// most MaxDepth deep. Of a key that comes twice the last value counts, which RFC
// 8259 §4 leaves to the reader.
func ParseObject(data []byte) (Object, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not valid UTF-8")
	}
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 {
		return nil, errors.New("empty, not a JSON object")
	}
	if trimmed[0] != '{' {
		return nil, fmt.Errorf("not a JSON object: %s", quote(string(trimmed)))
	}
	if err := checkDepth(trimmed); err != nil {
		return nil, err
	}
	var o Object
	if err := json.Unmarshal(trimmed, &o); err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	return o, nil
}

// checkDepth refuses data that nests deeper than MaxDepth, before anything is
// allocated for it.
func checkDepth(data []byte) error {
	depth, inString, escaped := 0, false, false
	for _, b := range data {
		switch {
		case escaped:
			escaped = false
		case inString && b == '\\':
			escaped = true
		case b == '"':
			inString = !inString
		case inString:
		case b == '{' || b == '[':
			if depth++; depth > MaxDepth {
				return fmt.Errorf("nested deeper than %d levels", MaxDepth)
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	return nil
}

// Has tells whether the object has the key, be it null.
func (o Object) Has(key string) bool {
	_, ok := o[key]
	return ok
}

// IsNull tells whether the key is there and null.
func (o Object) IsNull(key string) bool {
	raw, ok := o[key]
	return ok && string(raw) == "null"
}

// String returns a string member, or a *FieldError.
func (o Object) String(key string) (string, error) {
	if plain, ok := plainString(o[key]); ok {
		return plain, nil
	}
	return member[string](o, key, "a string")
}

// plainString reads a JSON string that needs no decoding, as most do not.
func plainString(raw json.RawMessage) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	inner := raw[1 : len(raw)-1]
	for _, b := range inner {
		if b < ' ' || b == '"' || b == '\\' || b >= utf8.RuneSelf {
			return "", false
		}
	}
	return string(inner), true
}

// Bool returns a boolean member, or a *FieldError.
func (o Object) Bool(key string) (bool, error) { return member[bool](o, key, "a boolean") }

// Object returns an object member, or a *FieldError.
func (o Object) Object(key string) (Object, error) { return member[Object](o, key, "an object") }

// Array returns the elements of an array member, or a *FieldError.
func (o Object) Array(key string) ([]json.RawMessage, error) {
	return member[[]json.RawMessage](o, key, "an array")
}

// Objects returns the elements of an array member that must all be objects, or
// a *FieldError.
func (o Object) Objects(key string) ([]Object, error) {
	items, err := member[[]Object](o, key, "an array of objects")
	if err != nil {
		return nil, err
	}
	for i, item := range items {
		if item == nil {
			return nil, &FieldError{Key: fmt.Sprintf("%s[%d]", key, i), Problem: Null, Want: "an object"}
		}
	}
	return items, nil
}

// Int returns a member that is a whole number, or a *FieldError.
func (o Object) Int(key string) (int64, error) {
	number, err := member[json.Number](o, key, "an integer")
	if err != nil {
		return 0, err
	}
	if raw := o[key]; raw[0] != '"' {
		if n, err := strconv.ParseInt(number.String(), 10, 64); err == nil {
			return n, nil
		}
	}
	return 0, &FieldError{Key: key, Problem: WrongType, Want: "an integer", Got: show(key, o[key])}
}

// Datetime returns a member of the form YYYY-MM-DDTHH:MM:SS, or a *FieldError.
func (o Object) Datetime(key string) (Datetime, error) {
	s, err := member[string](o, key, "a datetime string")
	if err != nil {
		return Datetime{}, err
	}
	d, err := ParseDatetime(s)
	if err != nil {
		return Datetime{}, &FieldError{Key: key, Problem: BadForm, Want: "YYYY-MM-DDTHH:MM:SS", Got: quote(s)}
	}
	return d, nil
}

func member[T any](o Object, key, want string) (value T, err error) {
	raw, ok := o[key]
	if !ok {
		return value, &FieldError{Key: key, Problem: Missing, Want: want}
	}
	if string(raw) == "null" {
		return value, &FieldError{Key: key, Problem: Null, Want: want}
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		var zero T
		return zero, &FieldError{Key: key, Problem: WrongType, Want: want, Got: show(key, raw)}
	}
	return value, nil
}

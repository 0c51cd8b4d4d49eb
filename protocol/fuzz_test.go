package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"ttcheck/protocol"
)

// tokenInText is a whole token. Less may be none: an escape such as \x9c in an
// error looks like two more digits.
var tokenInText = regexp.MustCompile(`[0-9a-fA-F]{48}`)

func FuzzParseObject(f *testing.F) {
	for _, seed := range []string{
		`{}`, goodOrder, `{"a":null,"b":[{"c":1e9}],"d":"\u00e9\ud800"}`, `{"a":1,"a":[2]}`, ` {"a":1} x`, `[1]`, `null`, "",
		"\xef\xbb\xbf{}", "{\"\xff\":1}", `{"a":"\"[[{{"}`, strings.Repeat(`{"a":[`, 33) + strings.Repeat(`]}`, 33),
		`{"token":"` + secret + `","accesstoken":{"` + secret + `":7}}`, `"` + secret + `"`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := protocol.ParseObject(data)
		if err != nil {
			if o != nil {
				t.Errorf("an object beside the error %v", err)
			}
			checkText(t, err)
			return
		}
		if !utf8.Valid(data) || !json.Valid(data) || o == nil {
			t.Fatalf("accepted %q as %v", data, o)
		}
		if depth := nesting(t, data); depth > protocol.MaxDepth {
			t.Errorf("accepted %d levels", depth)
		}
		for _, raw := range o {
			readMember(t, "count", raw)
			readMember(t, "token", raw)
		}
	})
}

// readMember reads one member, under a key of ours, as everything: exactly the
// accessors of its type may succeed.
func readMember(t *testing.T, key string, raw json.RawMessage) {
	t.Helper()
	o := protocol.Object{key: raw}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // 1e999 is JSON, but no float64
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%q is not JSON: %v", raw, err)
	}
	_, isString := value.(string)
	_, isBool := value.(bool)
	_, isObject := value.(map[string]any)
	_, isArray := value.([]any)
	_, isNumber := value.(json.Number)
	expect := func(what string, may, must bool, err error) {
		if err == nil && !may || err != nil && must {
			t.Errorf("%s of %q: %v", what, raw, err)
		}
		if err != nil {
			checkText(t, err)
			if _, ok := errors.AsType[*protocol.FieldError](err); !ok || protocol.IsProblem(err, protocol.Missing) {
				t.Errorf("%s of %q: %v", what, raw, err)
			}
			if protocol.IsProblem(err, protocol.Null) != (value == nil) && what != "Objects" {
				t.Errorf("%s of %q: %v", what, raw, err)
			}
		}
	}
	expect("String", isString, isString, second(o.String(key)))
	expect("Bool", isBool, isBool, second(o.Bool(key)))
	expect("Object", isObject, isObject, second(o.Object(key)))
	expect("Array", isArray, isArray, second(o.Array(key)))
	expect("Objects", isArray, false, second(o.Objects(key)))
	expect("Int", isNumber, false, second(o.Int(key)))
	expect("Datetime", isString, false, second(o.Datetime(key)))
}

// nesting counts the levels of valid JSON by another way than the parser does.
func nesting(t *testing.T, data []byte) int {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	depth, deepest := 0, 0
	for {
		token, err := decoder.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			deepest = max(deepest, depth)
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

func FuzzDecodeOrder(f *testing.F) {
	for _, seed := range []string{
		goodOrder, `{}`, strings.ReplaceAll(goodOrder, `"66"`, `66`), strings.ReplaceAll(goodOrder, `61`, `-1`),
		strings.ReplaceAll(goodOrder, `true`, `null`), strings.ReplaceAll(goodOrder, `"12"`, `""`),
		strings.ReplaceAll(goodOrder, `TO_GO`, `ON_PREMISES`), strings.ReplaceAll(goodOrder, `2024`, `0001`),
		strings.ReplaceAll(goodOrder, `"66"`, `"`+secret+`x"`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := protocol.ParseObject(data)
		if err != nil {
			return
		}
		order, err := protocol.DecodeOrder(o)
		seen := map[string]bool{}
		for _, field := range fieldErrors(t, err) {
			checkText(t, field)
			if seen[field.Key] || (field.Problem == protocol.Missing) != !o.Has(field.Key) || (field.Problem == protocol.Null) != o.IsNull(field.Key) {
				t.Errorf("%v of %s", field, data)
			}
			seen[field.Key] = true
		}
		if err != nil {
			return
		}
		written, err := json.Marshal(order)
		if err != nil {
			t.Fatalf("write %+v: %v", order, err)
		}
		if again, err := protocol.DecodeOrder(object(t, string(written))); err != nil || again != order {
			t.Errorf("%s reads again as %+v, %v", written, again, err)
		}
	})
}

func FuzzParseDatetime(f *testing.F) {
	for _, seed := range []string{
		"2024-05-06T07:08:09", "2024-02-30T00:00:00", "0001-01-01T00:00:00", "2024-05-06T7:08:09.5", "2024-05-06T07:08:09Z", "",
		"2024-05-06T07:08:60", "+024-05-06T07:08:09", secret,
	} {
		f.Add(seed)
	}
	form := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`)
	f.Fuzz(func(t *testing.T, s string) {
		d, err := protocol.ParseDatetime(s)
		if err != nil {
			checkText(t, err)
			if !d.IsZero() {
				t.Errorf("a reading beside the error %v", err)
			}
			return
		}
		if !form.MatchString(s) || d.String() != s || d.IsZero() {
			t.Errorf("%q reads as %q", s, d)
		}
	})
}

// checkText holds an error about foreign bytes to its promises: one short line
// of valid text without a token in it.
func checkText(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if len(text) > 3000 || !utf8.ValidString(text) || strings.ContainsAny(text, "\n\r\x1b") || tokenInText.MatchString(text) {
		t.Errorf("the error reads %q", text)
	}
}

package protocol_test

import (
	"errors"
	"strings"
	"testing"

	"ttcheck/protocol"
)

func TestParseObject(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string { // an object with arrays in it, levels deep in all
		return `{"a":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`
	}
	tests := []struct {
		name, data string
		refusal    string // part of the error; none if empty
	}{
		{"empty object", `{}`, ""},
		{"space around", " \t\r\n{\"a\": 1 }\n ", ""},
		{"as deep as allowed", nested(protocol.MaxDepth), ""},
		{"one level too deep", nested(protocol.MaxDepth + 1), "nested deeper than 64"},
		{"objects too deep", strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65), "nested deeper than 64"},
		{"never closed and deep", `{"a":` + strings.Repeat("[", 100_000), "nested deeper than 64"},
		{"brackets in a string", `{"a":"` + strings.Repeat("[{", 100) + `"}`, ""},
		{"brackets after an escaped quote", `{"a":"\"` + strings.Repeat("[", 100) + `\\"}`, ""},
		{"wide, not deep", `{"a":[` + strings.Repeat("[],", 100) + `[]]}`, ""},
		{"nothing", "", "empty"},
		{"only space", " \n", "empty"},
		{"array", `[{}]`, "not a JSON object"},
		{"null", `null`, "not a JSON object"},
		{"string", `"{}"`, "not a JSON object"},
		{"number", `7`, "not a JSON object"},
		{"page", "<html>\n<body>no</body>", `not a JSON object: "<html>\n`},
		{"byte order mark", "\ufeff{}", "not a JSON object"},
		{"invalid UTF-8 in a value", "{\"a\":\"\xff\"}", "UTF-8"},
		{"invalid UTF-8 in a key", "{\"\xc3\":1}", "UTF-8"},
		{"surrogate as UTF-8", "{\"a\":\"\xed\xa0\x80\"}", "UTF-8"},
		{"truncated", `{"a":1`, "not valid JSON"},
		{"garbage behind", `{"a":1}x`, "not valid JSON"},
		{"two objects", `{"a":1}{"b":2}`, "not valid JSON"},
		{"trailing comma", `{"a":1,}`, "not valid JSON"},
		{"single quotes", `{'a':1}`, "not valid JSON"},
		{"bare word", `{"a":NaN}`, "not valid JSON"},
		{"control character in a string", "{\"a\":\"\x00\"}", "not valid JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o, err := protocol.ParseObject([]byte(tt.data))
			switch {
			case tt.refusal == "" && (err != nil || o == nil):
				t.Errorf("ParseObject = %v, %v, want an object", o, err)
			case tt.refusal != "" && (err == nil || o != nil || !strings.Contains(err.Error(), tt.refusal)):
				t.Errorf("ParseObject = %v, %v, want no object and an error with %q", o, err, tt.refusal)
			}
		})
	}
}

// TestParseObjectDuplicateKeys records what is done where RFC 8259 leaves the
// choice: the last value counts, and nothing of the others is mixed into it.
func TestParseObjectDuplicateKeys(t *testing.T) {
	t.Parallel()
	o := object(t, `{"name":"66","a":{"x":1},"name":"67","a":{"y":2}}`)
	if name, err := o.String("name"); name != "67" || err != nil {
		t.Errorf(`String("name") = %q, %v, want "67"`, name, err)
	}
	inner, err := o.Object("a")
	if err != nil || inner.Has("x") || !inner.Has("y") {
		t.Errorf(`Object("a") = %v, %v, want only "y"`, inner, err)
	}
}

func TestObjectKeepsWhatIsUnknown(t *testing.T) {
	t.Parallel()
	o := object(t, `{"new":{"b": [1, 2]},"none":null}`)
	if got := string(o["new"]); got != `{"b": [1, 2]}` {
		t.Errorf("unknown member is %s, want it as it came", got)
	}
	if !o.Has("none") || !o.IsNull("none") {
		t.Error("a null member must be there, and null")
	}
	if o.Has("other") || o.IsNull("other") || o.IsNull("new") {
		t.Error("a member that is not there is neither there nor null, and an object is not null")
	}
	if o.Has("New") {
		t.Error("keys must be told apart by case")
	}
}

func TestObjectMembers(t *testing.T) {
	t.Parallel()
	o := object(t, `{"s":"a","empty":"","b":false,"i":-3,"big":9223372036854775808,"real":1.5,"whole":1.0,"power":1e3,
		"quoted":"7","o":{"k":1},"a":[1,null],"objects":[{},{"k":1}],"mixed":[{},7],"holes":[{},null],
		"none": null ,"date":"2024-05-06T07:08:09","day":"2024-05-06"}`)
	read := map[string]func(key string) error{
		"String":   func(key string) error { _, err := o.String(key); return err },
		"Bool":     func(key string) error { _, err := o.Bool(key); return err },
		"Int":      func(key string) error { _, err := o.Int(key); return err },
		"Object":   func(key string) error { _, err := o.Object(key); return err },
		"Array":    func(key string) error { _, err := o.Array(key); return err },
		"Objects":  func(key string) error { _, err := o.Objects(key); return err },
		"Datetime": func(key string) error { _, err := o.Datetime(key); return err },
	}
	good := map[string][]string{
		"String":   {"s", "empty", "quoted", "date", "day"},
		"Bool":     {"b"},
		"Int":      {"i"},
		"Object":   {"o"},
		"Array":    {"a", "objects", "mixed", "holes"},
		"Objects":  {"objects"},
		"Datetime": {"date"},
	}
	for reader, call := range read {
		want := map[string]protocol.Problem{"other": protocol.Missing}
		for key := range o {
			want[key] = protocol.WrongType
		}
		want["none"] = protocol.Null
		if reader == "Objects" {
			want["holes"] = protocol.Null
			want["a"] = protocol.WrongType // its first element is no object
		}
		if reader == "Datetime" {
			for _, key := range good["String"] {
				want[key] = protocol.BadForm
			}
		}
		for _, key := range good[reader] {
			delete(want, key)
			if err := call(key); err != nil {
				t.Errorf("%s(%q): %v, want no error", reader, key, err)
			}
		}
		for key, problem := range want {
			err := call(key)
			field, ok := errors.AsType[*protocol.FieldError](err)
			if !ok || field.Problem != problem || !strings.HasPrefix(field.Key, key) || field.Want == "" {
				t.Errorf("%s(%q): %v, want that it %s", reader, key, err, problem)
			}
		}
	}
}

func TestObjectValues(t *testing.T) {
	t.Parallel()
	o := object(t, `{"s":"a\"b","b":true,"i":-9223372036854775808,"o":{"k":"v"},"a":[1,null],"objects":[{"k":"v"}]}`)
	if got, _ := o.String("s"); got != `a"b` {
		t.Errorf("String = %q", got)
	}
	if got, _ := o.Bool("b"); !got {
		t.Error("Bool = false")
	}
	if got, _ := o.Int("i"); got != -9223372036854775808 {
		t.Errorf("Int = %d", got)
	}
	inner, _ := o.Object("o")
	if got, _ := inner.String("k"); got != "v" {
		t.Errorf("Object = %v", inner)
	}
	if got, _ := o.Array("a"); len(got) != 2 || string(got[0]) != "1" || string(got[1]) != "null" {
		t.Errorf("Array = %s", got)
	}
	objects, _ := o.Objects("objects")
	if len(objects) != 1 || string(objects[0]["k"]) != `"v"` {
		t.Errorf("Objects = %v", objects)
	}
}

func TestFieldErrorText(t *testing.T) {
	t.Parallel()
	o := object(t, `{"count":"many","items":[{},null],"long":"`+strings.Repeat("é", 5000)+`"}`)
	for want, err := range map[string]error{
		`"uuid" is missing (want a string)`:                                                second(o.String("uuid")),
		`"count" has the wrong type: "\"many\"" (want an integer)`:                         second(o.Int("count")),
		`"items[1]" is null (want an object)`:                                              second(o.Objects("items")),
		`"long" has the wrong type: "\"` + strings.Repeat("é", 29) + `"… (want a boolean)`: second(o.Bool("long")),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
}

// TestErrorsHideTokens lets a gateway put a token where it does not belong: the
// error about that must not show it.
func TestErrorsHideTokens(t *testing.T) {
	t.Parallel()
	const odd = "cGxlYXNlLWRvLW5vdC1zaG93" // a token of another form than documented
	o := object(t, `{"token":"`+odd+`","accesstoken":["`+odd+`"],"count":"`+secret+`","items":"`+
		strings.Repeat("-", 40)+secret+`","uuid":"`+strings.Repeat(secret, 20)+`"}`)
	_, notObject := protocol.ParseObject([]byte(`"` + secret + `"`))
	_, notDate := protocol.ParseDatetime(secret)
	for name, err := range map[string]error{
		"token as a string":     second(o.Object("token")),
		"token as an array":     second(o.String("accesstoken")),
		"token as a number":     second(o.Int("count")),
		"token across the cut":  second(o.Array("items")),
		"many tokens":           second(o.Bool("uuid")),
		"token for a response":  notObject,
		"token for a date":      notDate,
		"token for an order id": second(protocol.DecodeOrder(o)),
	} {
		switch {
		case err == nil:
			t.Errorf("%s: no error", name)
		case strings.Contains(err.Error(), secret[5:20]) || strings.Contains(err.Error(), odd[5:20]):
			t.Errorf("%s: the error shows it: %v", name, err)
		case len(err.Error()) > 1000:
			t.Errorf("%s: the error has %d bytes", name, len(err.Error()))
		}
	}
	if err := second(o.Object("token")); !strings.Contains(err.Error(), "a string") {
		t.Errorf("%v, want it to name the type", err)
	}
}

// TestErrorsShowUUIDs guards evidence against too much redaction.
func TestErrorsShowUUIDs(t *testing.T) {
	t.Parallel()
	const uuid = "0123456789abcdef0123456789abcdef"
	o := object(t, `{"u":"`+uuid+`"}`)
	if err := second(o.Int("u")); !strings.Contains(err.Error(), uuid) {
		t.Errorf("%v, want it to show %s", err, uuid)
	}
}

func TestIsProblem(t *testing.T) {
	t.Parallel()
	o := object(t, `{"a":null}`)
	joined := errors.Join(errors.New("other"), second(o.String("none")), second(o.String("a")))
	for problem, want := range map[protocol.Problem]bool{
		protocol.Missing: true, protocol.Null: true, protocol.WrongType: false, protocol.BadForm: false,
	} {
		if got := protocol.IsProblem(joined, problem); got != want {
			t.Errorf("IsProblem(…, %q) = %v, want %v", problem, got, want)
		}
	}
	if protocol.IsProblem(nil, protocol.Missing) {
		t.Error("no error is no problem")
	}
}

// secret has the form of a token, and opens nothing.
const secret = "0123456789abcdef0123456789abcdef0123456789abcdef"

func object(t *testing.T, data string) protocol.Object {
	t.Helper()
	o, err := protocol.ParseObject([]byte(data))
	if err != nil {
		t.Fatalf("parse %s: %v", data, err)
	}
	return o
}

func second[T any](_ T, err error) error { return err }

package protocol

import (
	"encoding/json"
	"testing"
)

// TestPlainString proves that the short way to read a string gives what the long one does.
func TestPlainString(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`"66"`, `""`, `"a b"`, `"é"`, `"\u00e9"`, `"a\"b"`, `"a\\"`, `null`, `66`, `true`, `"`, ``, `["a"]`, "\"a\tb\"", "\"\xff\"", `"a"b"`,
	} {
		o := Object{"k": json.RawMessage(raw)}
		got, err := o.String("k")
		want, wantErr := member[string](o, "k", "a string")
		if got != want || (err == nil) != (wantErr == nil) {
			t.Errorf("%q: %q, %v; want %q, %v", raw, got, err, want, wantErr)
		}
	}
}

package drive

import (
	"strings"
	"testing"
)

func TestTail(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxTail)
	for name, test := range map[string]struct {
		written []string
		want    string
	}{
		"nothing":               {nil, ""},
		"a word":                {[]string{"alas\n"}, "alas"},
		"lines":                 {[]string{"one\ntw", "o\n\n"}, "one\ntwo"},
		"a line too many":       {[]string{long, "\none\ntwo\n"}, "one\ntwo"},
		"one at a time":         {strings.SplitAfter(long+long+long+"\none\n", ""), "one"},
		"one endless line":      {[]string{"y", long}, long},
		"endless at its end":    {[]string{"y\n", long, "\n"}, long[1:]},
		"much in one go":        {[]string{strings.Repeat("y\n", maxTail) + "one\n"}, strings.Repeat("y\n", maxTail/2-3) + "one"},
		"as much as there is":   {[]string{long}, long},
		"no text":               {[]string{"a\xffb\n"}, "a\uFFFDb"},
		"a character cut apart": {[]string{"€", long[2:]}, "\uFFFD" + long[2:]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var kept tail
			for _, part := range test.written {
				if n, err := kept.Write([]byte(part)); n != len(part) || err != nil {
					t.Fatalf("wrote %d of %d bytes, %v", n, len(part), err)
				}
				if len(kept.kept) > 2*maxTail {
					t.Fatalf("%d bytes are kept", len(kept.kept))
				}
			}
			if got := kept.text(); got != test.want {
				t.Errorf("the end is %.60q (%d bytes), want %.60q (%d)", got, len(got), test.want, len(test.want))
			}
		})
	}
}

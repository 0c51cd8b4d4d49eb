package drive

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()
	from := []string{"HOME=/h", "TTCHECK_TOKEN=geheim", "TTCHECK_TARGET=elsewhere:1", "CERTIFY_RUN=another", "MY_TTCHECK_X=1"}
	before := slices.Clone(from)
	token := "TTCHECK_TOKEN_FILE=" + filepath.Join("dir", "token")
	for name, test := range map[string]struct {
		site Site
		want []string
	}{
		"to be found": {
			Site{Gateway: "127.0.0.1:8000", Link: "lo", Speedup: 20, State: "dir"},
			[]string{"TTCHECK_GATEWAY=127.0.0.1:8000", "TTCHECK_SPEEDUP=20", "TTCHECK_INTERFACE=lo", token},
		},
		"told": {
			Site{Gateway: "127.0.0.1:8000", Speedup: 0.5, State: "dir"},
			[]string{"TTCHECK_GATEWAY=127.0.0.1:8000", "TTCHECK_SPEEDUP=0.5", "TTCHECK_TARGET=127.0.0.1:8000", token},
		},
		"without a memory": {
			Site{Gateway: "h:1", Speedup: 1},
			[]string{"TTCHECK_GATEWAY=h:1", "TTCHECK_SPEEDUP=1", "TTCHECK_TARGET=h:1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := append([]string{"HOME=/h", "MY_TTCHECK_X=1", "CERTIFY_RUN=cookie"}, test.want...)
			if got := environment(from, "cookie", test.site); !slices.Equal(got, want) {
				t.Errorf("it is born with %q, want %q", got, want)
			}
		})
	}
	if !slices.Equal(from, before) {
		t.Errorf("our own became %q", from)
	}
}

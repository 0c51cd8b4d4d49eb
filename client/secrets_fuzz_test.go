package client_test

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// shown is how many characters of a secret may stay in a row.
const shown = 4

// FuzzRedact: whatever a learnt token is embedded in, and whatever the case of
// its letters, no piece of it stays but the first and the last four characters.
func FuzzRedact(f *testing.F) {
	f.Add([]byte(token), []byte("GET /?t="), []byte(" HTTP/1.1"), uint64(1))
	f.Add([]byte(token), []byte(`{"token":"`), []byte(`"}`), uint64(2))
	f.Add([]byte(token), []byte("Authorization: Bearer "), []byte("\r\nX: y"), uint64(3))
	f.Add([]byte(token), []byte(token[:20]), []byte(token[28:]), uint64(4))
	f.Add([]byte(token), []byte("\xff\xfe"), []byte("\x80"), uint64(5))
	f.Add([]byte(oddPlain), []byte("Authorization: Basic "), []byte(""), uint64(6))
	f.Add([]byte(strings.Repeat("ab", 20)), []byte("ab"), []byte("abababa"), uint64(7))
	f.Add([]byte("hunter22"), []byte("…"), []byte("…"), uint64(8))
	f.Fuzz(func(t *testing.T, secret, before, after []byte, seed uint64) {
		if len(secret) < 8 || len(secret) > 200 || !isASCII(secret) || len(before)+len(after) > 2000 {
			t.Skip("no token, or too much to look through")
		}
		r := rand.New(rand.NewPCG(seed, 1))
		s := knowing(string(secret))
		text := string(before) + recased(r, secret) + string(after)
		if r.IntN(2) == 0 { // and another one beside it
			other := token[:r.IntN(len(token))] + string(secret)
			s.Learn(other)
			text += recased(r, []byte(other))
		}
		got := s.Redact(text)
		noPieceOf(t, got, string(secret), string(before)+"\x00"+string(after))
		if again := s.Redact(got); again != got {
			t.Errorf("redacting twice changes %q into %q", got, again)
		}
		if _, found := s.Reveals(text); !found {
			t.Errorf("Reveals does not see the secret in %q", text)
		}
		if _, found := s.Reveals(got); found {
			t.Errorf("Reveals sees the secret in %q", got)
		}
	})
}

// noPieceOf asserts that a text does not hold the secret, nor a piece of it that is
// longer than what may be shown, but for pieces that stood around it before.
func noPieceOf(t *testing.T, text, secret, around string) {
	t.Helper()
	text, secret, around = strings.ToLower(text), strings.ToLower(secret), strings.ToLower(around)
	if strings.Contains(text, secret) {
		t.Errorf("the secret %q is in %q", secret, text)
	}
	if repeats(secret) {
		return // its two ends, shown twice, may look like its middle
	}
	for size, i := 2*shown+1, 0; i+size <= len(secret); i++ {
		piece := secret[i : i+size]
		// What was around may stand beside what may be shown.
		if strings.Contains(text, piece) && !strings.Contains(around, piece[shown:]) && !strings.Contains(around, piece[:size-shown]) {
			t.Errorf("the piece %q of the secret is in %q", piece, text)
		}
	}
}

// repeats tells whether a secret has the same few characters in two places.
func repeats(secret string) bool {
	seen := map[string]bool{}
	for i := 0; i+shown <= len(secret); i++ {
		if seen[secret[i:i+shown]] {
			return true
		}
		seen[secret[i:i+shown]] = true
	}
	return false
}

func recased(r *rand.Rand, secret []byte) string {
	out := make([]byte, len(secret))
	for i, b := range secret {
		switch {
		case 'a' <= b && b <= 'z' && r.IntN(2) == 0:
			b -= 'a' - 'A'
		case 'A' <= b && b <= 'Z' && r.IntN(2) == 0:
			b += 'a' - 'A'
		}
		out[i] = b
	}
	return string(out)
}

func isASCII(text []byte) bool {
	for _, b := range text {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return true
}

// TestRedactRandomTexts is the property of FuzzRedact over many texts made of
// what the wire is made of.
func TestRedactRandomTexts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{
		"Authorization: ", "Bearer ", "Basic ", "\n", "\r\n", `{"token":"`, `"accesstoken" : "`, `"`, `\"`, `\`, `}`, "\xff", "é", "…",
		"0123456789abcdef", "deadbeef", " ", ":", "?token=", token[:12], token[40:], "x",
	}
	for range 1000 {
		secret := make([]byte, 8+r.IntN(50))
		alphabet := "0123456789abcdef"
		if r.IntN(2) == 0 {
			alphabet = "abcXYZ0189-_.~+/= "
		}
		for i := range secret {
			secret[i] = alphabet[r.IntN(len(alphabet))]
		}
		s := knowing(string(secret), token)
		if r.IntN(3) == 0 {
			s.Hide(recased(r, secret) + "0")
		}
		var text, around strings.Builder
		for range 1 + r.IntN(12) {
			piece := pieces[r.IntN(len(pieces))]
			text.WriteString(piece)
			around.WriteString(piece)
			if r.IntN(2) == 0 {
				text.WriteString(recased(r, secret))
				around.WriteString("\x00")
			}
		}
		got := s.Redact(text.String())
		noPieceOf(t, got, string(secret), around.String())
		noPieceOf(t, got, token, around.String())
		if again := s.Redact(got); again != got {
			t.Fatalf("redacting twice changes %q into %q", got, again)
		}
		if t.Failed() {
			t.Fatalf("secret %q in %q", secret, text.String())
		}
	}
}

func BenchmarkRedact(b *testing.B) {
	s := knowing(token, oddPlain)
	text := `{"type":"ACTIVE_ORDERS","items":[` + strings.Repeat(`{"name":"66","uuid":"550e8400-e29b-41d4-a716-446655440000","state":"located"},`, 500) + `]}`
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Redact(text)
	}
}

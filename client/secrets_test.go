package client_test

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"

	"ttcheck/client"
)

const (
	token      = "2f1f34ab90c7d5e2a6b8f01c4d7e93a5b6c8d0e1f2a3d186"
	tokenShort = "2f1f…d186" // what may be shown of it
	// odd is a token that no hexadecimal pattern and no member's name gives away.
	odd      = "tt_live/Aé+9 \"x\"&<zzzzzzzzzzzz>=="
	oddPlain = "Zz-top.Secret_of~the/house+42=="
)

func knowing(tokens ...string) *client.Secrets {
	s := &client.Secrets{}
	for _, t := range tokens {
		s.Learn(t)
	}
	return s
}

func TestRedactWhatLooksLikeACredential(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"nothing":                        {"GET /api/v2\nAccept: */*\n\n{}", "GET /api/v2\nAccept: */*\n\n{}"},
		"bearer":                         {"GET /\nAuthorization: Bearer " + token, "GET /\nAuthorization: Bearer " + tokenShort},
		"bearer in odd case and spacing": {"authORIZATION:\t bEARER\t " + token + "\nX: y", "authORIZATION:\t bEARER\t " + tokenShort + "\nX: y"},
		"basic":                          {"Authorization: Basic dXNlcjpodW50ZXIy\n\nx", "Authorization: Basic …\n\nx"},
		"with a carriage return":         {"Authorization: Bearer " + token + "\r\nX: y", "Authorization: Bearer " + tokenShort + "\nX: y"},
		"no scheme":                      {"Authorization: " + oddPlain, "Authorization: Zz-t…42=="},
		"scheme alone":                   {"Authorization: Bearer\nX: y", "Authorization: Bearer\nX: y"},
		"scheme and a blank":             {"Authorization: Bearer \nX: y", "Authorization: Bearer \nX: y"},
		"one short word":                 {"Authorization: hunter2", "Authorization: …"},
		"more after the token":           {"Authorization: Bearer hunter2 and more of it", "Authorization: Bearer …"},
		"token in place of the scheme":   {"Authorization: hunter2hunter2 y", "Authorization: …"},
		"empty":                          {"Authorization: \nX: y", "Authorization: \nX: y"},
		"proxy":                          {"Proxy-Authorization: Basic dXNlcjpodW50ZXIy", "Proxy-Authorization: Basic …"},
		"space before the colon":         {"Authorization : Bearer hunter2", "Authorization : Bearer …"},
		"not at the start of a line":     {"see Authorization: what", "see Authorization: what"},
		"not UTF-8":                      {"Authorization: Bearer \xff" + token, "Authorization: Bearer …"},

		"member":                  {`{"token": "` + token + `"}`, `{"token": "` + tokenShort + `"}`},
		"member of another form":  {`{"accessToken":"hunter2"}`, `{"accessToken":"…"}`},
		"member with underscore":  {`{"access_token":"hunter2"}`, `{"access_token":"…"}`},
		"member with an escape":   {`{"token":"hun\"ter\\2","x":"y"}`, `{"token":"…","x":"y"}`},
		"member cut off":          {`{"token":"hunter`, `{"token":"…`},
		"member cut off, escaped": {`{"token":"hunter\`, `{"token":"…`},
		"member over two lines":   {"{\"token\"\n:\r\n\"hun\nter2\"}", "{\"token\"\n:\r\n\"…\"}"},
		"empty member":            {`{"token":""}`, `{"token":""}`},
		"member of another type":  {`{"token":{"name":"a","token":"hunter2"}}`, `{"token":{"name":"a","token":"…"}}`},
		"member of another name":  {`{"tokens":"hunter2"}`, `{"tokens":"hunter2"}`},

		"40 digits":            {"<" + token[:40] + ">", "<2f1f…" + token[36:40] + ">"},
		"39 digits":            {token[:39], token[:39]},
		"in upper case":        {strings.ToUpper(token), "2F1F…D186"},
		"two, apart":           {token + " " + token, tokenShort + " " + tokenShort},
		"doubled":              {token + token, tokenShort},
		"UUID":                 {"550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"},
		"already":              {"Authorization: Bearer " + tokenShort + `, "token":"` + tokenShort + `"`, "Authorization: Bearer …"},
		"already, as a header": {"Authorization: Bearer " + tokenShort, "Authorization: Bearer " + tokenShort},
		"already, in JSON":     {`{"token":"` + tokenShort + `"}`, `{"token":"` + tokenShort + `"}`},
		"an ellipsis hides no other": {
			`{"token":"… and hunter2"}`, `{"token":"…"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (&client.Secrets{}).Redact(test.text); got != test.want {
				t.Errorf("Redact(%q)\n  = %q\nwant %q", test.text, got, test.want)
			}
			if got := (*client.Secrets)(nil).Redact(test.text); got != test.want {
				t.Errorf("without secrets: Redact(%q)\n  = %q\nwant %q", test.text, got, test.want)
			}
		})
	}
}

func TestRedactWhatWasLearnt(t *testing.T) {
	t.Parallel()
	const plain = "correct-horse-battery-staple" // 28 characters
	for name, test := range map[string]struct {
		learn, hide []string
		text, want  string
	}{
		"as it is":             {[]string{plain}, nil, "<" + plain + ">", "<corr…aple>"},
		"in another case":      {[]string{plain}, nil, "<" + strings.ToUpper(plain) + ">", "<CORR…APLE>"},
		"learnt in upper case": {[]string{strings.ToUpper(plain)}, nil, plain, "corr…aple"},
		"twice":                {[]string{plain}, nil, plain + "," + plain, "corr…aple,corr…aple"},
		"touching":             {[]string{plain}, nil, plain + plain, "…"},
		"between broken UTF-8": {[]string{plain}, nil, "\xff\xc3" + plain + "\xa9\x80", "\xff\xc3corr…aple\xa9\x80"},
		"between wide letters": {[]string{plain}, nil, "İ" + plain + "ı", "İcorr…apleı"}, // whose lower case is longer, or shorter
		"8 to 23 characters":   {[]string{"hunter22"}, nil, "xhunter22x", "x…x"},
		"less than 8":          {[]string{"hunter2"}, nil, "xhunter2x", "xhunter2x"},
		"empty":                {[]string{""}, []string{""}, "text", "text"},
		"hidden":               {nil, []string{plain}, plain, "corr…aple"},
		"hidden around a token": {
			[]string{plain}, []string{"Basic " + plain}, "<Basic " + plain + ">", "<Basic corr…aple>",
		},
		"hidden and shorter":    {[]string{plain}, []string{plain[:12]}, plain + " " + plain[:12], "corr…aple …"},
		"one begins another":    {[]string{plain[:24], plain}, nil, plain, "…"},
		"one ends another":      {[]string{plain, plain[2:]}, nil, plain, "…"},
		"one inside another":    {[]string{plain, plain[2:12]}, nil, "<" + plain + ">", "<…>"},
		"overlapping":           {[]string{plain, "staple-and-more-of-the-same"}, nil, plain + "-and-more-of-the-same", "…"},
		"overlapping itself":    {[]string{strings.Repeat("a", 24)}, nil, "b" + strings.Repeat("a", 40) + "b", "b…b"},
		"short one, touching":   {[]string{plain, "hunter22"}, nil, "hunter22" + plain, "…"},
		"not ASCII":             {[]string{"übergeheimes-passwort-4711"}, nil, "<übergeheimes-PASSWORT-4711>", "<…>"},
		"many":                  {[]string{"abcdefgh", "ijklmnop", "qrstuvwx"}, nil, "qrstuvwx ijklmnop abcdefgh", "… … …"},
		"nothing of them there": {[]string{plain}, []string{"hunter22"}, "text", "text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := knowing(test.learn...)
			for _, h := range test.hide {
				s.Hide(h)
			}
			if got := s.Redact(test.text); got != test.want {
				t.Errorf("Redact(%q)\n  = %q\nwant %q", test.text, got, test.want)
			}
		})
	}
}

// TestRedactEscaped: a token need not be hexadecimal, and then it stands in a
// query and in JSON otherwise than in a header.
func TestRedactEscaped(t *testing.T) {
	t.Parallel()
	s := knowing(odd)
	for name, text := range map[string]string{
		"as it is":              odd,
		"in a query":            "tt_live%2FA%C3%A9%2B9+%22x%22%26%3Czzzzzzzzzzzz%3E%3D%3D",
		"in a query, lower hex": "tt_live%2fA%c3%a9%2b9+%22x%22%26%3czzzzzzzzzzzz%3e%3d%3d",
		"in a path":             "tt_live%2FA%C3%A9+9%20%22x%22&%3Czzzzzzzzzzzz%3E==",
		"in JSON":               `tt_live/Aé+9 \"x\"\u0026\u003czzzzzzzzzzzz\u003e==`,
		"in JSON, slashes too":  `tt_live\/Aé+9 \"x\"\u0026\u003czzzzzzzzzzzz\u003e==`,
	} {
		got := s.Redact("<" + text + ">")
		if strings.Contains(got, "zzz") || strings.Contains(got, "live") {
			t.Errorf("%s: Redact(%q) = %q", name, text, got)
		}
	}
}

func TestReveals(t *testing.T) {
	t.Parallel()
	s := knowing(token, "hunter22", "short")
	s.Hide("hidden-variant-of-a-token")
	for name, test := range map[string]struct {
		text  string
		found bool
		shown string
	}{
		"no":              {text: "nothing"},
		"yes":             {text: `{"last":"` + token + `"}`, found: true, shown: tokenShort},
		"in upper case":   {text: strings.ToUpper(token), found: true, shown: tokenShort},
		"in broken UTF-8": {text: "\xff" + token + "\xff", found: true, shown: tokenShort},
		"a short one":     {text: "x hunter22", found: true, shown: "…"},
		"too short a one": {text: "short"},
		"a part of it":    {text: token[1:]},
		"hidden only":     {text: "hidden-variant-of-a-token"},
		"shortened":       {text: tokenShort},
	} {
		shown, found := s.Reveals(test.text)
		if found != test.found || shown != test.shown {
			t.Errorf("%s: Reveals = %q, %t", name, shown, found)
		}
	}
	if _, found := (*client.Secrets)(nil).Reveals(token); found {
		t.Error("revealed without secrets")
	}
}

func TestSecretsConcurrently(t *testing.T) {
	t.Parallel()
	var s client.Secrets
	var wait sync.WaitGroup
	for i := range 8 {
		own := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune('a'+i)), 30)))
		wait.Go(func() {
			for range 50 {
				s.Learn(own)
				s.Hide("x" + own)
				if got := s.Redact("<" + own + ">"); strings.Contains(got, own) {
					t.Errorf("Redact = %q", got)
				}
				if _, found := s.Reveals(own); !found {
					t.Error("a learnt token is not found")
				}
			}
		})
	}
	wait.Wait()
}

package authorization

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

const secret = "0123456789abcdef0123456789abcdef0123456789abcdef"

// middleware is what is wrong with a gateway.
type middleware func(next http.Handler) http.Handler

func sound(next http.Handler) http.Handler { return next }

// trusting takes requests for authorized that are not.
func trusting(which func(r *http.Request, header string) bool) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if which(r, r.Header.Get("Authorization")) {
				r.Header.Set("Authorization", "Bearer "+secret)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// open serves one endpoint to all who present nothing.
func open(method, path string) middleware {
	return trusting(func(r *http.Request, header string) bool {
		return header == "" && r.Method == method && r.URL.Path == path
	})
}

// given trusts by what is presented as a token.
func given(trusts func(token string) bool) middleware {
	return trusting(func(_ *http.Request, header string) bool {
		token, bearer := strings.CutPrefix(header, "Bearer ")
		return bearer && token != "" && trusts(token)
	})
}

// refusing changes what a refused request is answered.
func refusing(from int, change func(w http.ResponseWriter, r *http.Request, body []byte)) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == protocol.PathWebSocket {
				next.ServeHTTP(w, r)
				return
			}
			record := httptest.NewRecorder()
			next.ServeHTTP(record, r)
			if record.Code == from {
				change(w, r, record.Body.Bytes())
				return
			}
			w.WriteHeader(record.Code)
			_, _ = w.Write(record.Body.Bytes())
		})
	}
}

func writing(status int, body string) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// obeying does what a request asks for, and refuses it all the same.
func obeying(method, path string) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == method && strings.HasPrefix(r.URL.Path, path) && r.Header.Get("Authorization") != "Bearer "+secret {
				body, _ := io.ReadAll(r.Body)
				in := r.Clone(r.Context())
				in.Header.Set("Authorization", "Bearer "+secret)
				in.Body = io.NopCloser(bytes.NewReader(body))
				next.ServeHTTP(httptest.NewRecorder(), in)
				r.Body = io.NopCloser(bytes.NewReader(body))
			}
			next.ServeHTTP(w, r)
		})
	}
}

// start runs a gateway with a fault, or a sound one.
func start(t *testing.T, fault middleware) *spec.Env {
	t.Helper()
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Tokens: []string{secret}, Middleware: fault})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	env := spec.NewEnv(spec.Target{Address: g.Addr(), Embedded: true}, spec.Settings{Profile: "reference", Grace: time.Second})
	t.Cleanup(env.Close)
	env.UseToken(secret)
	return env
}

// TestCasesFindFaults breaks what each requirement asks for, and sees a case of it
// find that, and no case of another requirement that still holds.
func TestCasesFindFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault middleware
		found []string
	}{
		"none": {sound, nil},

		"POST generate is open":       {open(http.MethodPost, protocol.PathGenerate), []string{"AUTH-01"}},
		"DELETE of the token is open": {open(http.MethodDelete, protocol.PathToken), []string{"AUTH-01"}},
		"GET activeorders is open":    {open(http.MethodGet, protocol.PathActiveOrders), []string{"AUTH-01"}},
		"POST activeorders is open":   {open(http.MethodPost, protocol.PathActiveOrders), []string{"AUTH-01"}},
		"DELETE activeorders is open": {open(http.MethodDelete, protocol.PathActiveOrders), []string{"AUTH-01"}},
		"GET orders is open":          {open(http.MethodGet, protocol.PathHistory), []string{"AUTH-01"}},
		"POST settings is open":       {open(http.MethodPost, protocol.PathSettings), []string{"AUTH-01"}},
		"POST register is open":       {open(http.MethodPost, protocol.PathRegister), []string{"AUTH-01"}},
		"looked up before":            {refusing(401, writing(404, `{"status":404,"returnCode":-6,"message":"no"}`)), []string{"AUTH-01", "AUTH-03"}},
		"a crash without a header": {refusing(401, func(w http.ResponseWriter, r *http.Request, body []byte) {
			writing(map[bool]int{true: 500, false: 401}[r.Header.Get("Authorization") == ""], string(body))(w, r, body)
		}), []string{"AUTH-01"}},

		"malformed is unknown":   {refusing(400, writing(401, `{"status":401,"returnCode":-2,"message":"no"}`)), []string{"AUTH-02"}},
		"malformed has no code":  {refusing(400, writing(400, `<h1>Bad Request</h1>`)), []string{"AUTH-02"}},
		"the bare token will do": {trusting(func(_ *http.Request, header string) bool { return header == secret }), []string{"AUTH-02"}},

		"unknown is 403":      {refusing(401, writing(403, `{"status":403,"returnCode":-2,"message":"no"}`)), []string{"AUTH-03"}},
		"unknown has no code": {refusing(401, writing(401, `<h1>Unauthorized</h1>`)), []string{"AUTH-03"}},
		"null will do":        {given(func(token string) bool { return token == "null" }), []string{"AUTH-03"}},
		"any token will do":   {given(protocol.IsTokenForm), []string{"AUTH-03", "AUTH-06"}},

		"Basic will do":      {trusting(func(_ *http.Request, header string) bool { return header == "Basic "+secret }), []string{"AUTH-04"}},
		"any scheme will do": {trusting(func(_ *http.Request, header string) bool { return strings.HasSuffix(header, " "+secret) }), []string{"AUTH-04"}},

		"a refused order is made":    {obeying(http.MethodPost, protocol.PathActiveOrders), []string{"AUTH-05"}},
		"a refused order is cleared": {obeying(http.MethodDelete, protocol.PathActiveOrders), []string{"AUTH-05"}},
		"a refused token is made":    {obeying(http.MethodPost, protocol.PathGenerate), []string{"AUTH-05"}},

		"a beginning will do":    {given(func(token string) bool { return strings.HasPrefix(secret, token) }), []string{"AUTH-06"}},
		"8 characters will do":   {given(func(token string) bool { return strings.HasPrefix(token, secret[:8]) }), []string{"AUTH-06"}},
		"in any case of letters": {given(func(token string) bool { return strings.EqualFold(token, secret) }), []string{"AUTH-06"}},
		"with more at the end":   {given(func(token string) bool { return strings.HasPrefix(token, secret) }), []string{"AUTH-06"}},
		"in the handshake, in any": {trusting(func(r *http.Request, header string) bool {
			return r.URL.Path == protocol.PathWebSocket && strings.EqualFold(header, "Bearer "+secret)
		}), []string{"AUTH-06"}},

		"orders in a refusal":     {refusing(401, writing(401, `{"status":401,"returnCode":-2,"items":[{"uuid":"x"}]}`)), []string{"AUTH-08"}},
		"orders behind a refusal": {refusing(400, writing(400, `{"status":400,"returnCode":-1}[{"locationName":"7"}]`)), []string{"AUTH-02", "AUTH-08"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := findings(t, start(t, test.fault)); !slices.Equal(found, test.found) {
				t.Errorf("found by %v, want by %v", found, test.found)
			}
		})
	}
}

// findings runs the chapter and lists the requirements that do not hold.
func findings(t *testing.T, env *spec.Env) []string {
	t.Helper()
	var found []string
	for _, k := range Chapter.Cases {
		o := spec.Execute(t.Context(), env, k)
		switch o.Verdict {
		case report.Fail, report.Warning:
			t.Logf("%s: %s %s, %s", k.FullName(), o.Verdict, o.Findings[0].Expected, o.Findings[0].Actual)
			if !slices.Contains(found, k.ID) {
				found = append(found, k.ID)
			}
		case report.Error:
			t.Logf("%s: %s", k.FullName(), o.Reason)
		}
	}
	slices.Sort(found)
	return found
}

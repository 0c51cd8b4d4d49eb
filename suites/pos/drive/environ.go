package drive

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	// ours begins the names of our own variables: flags of ttcheck, one of them a token.
	ours = "TTCHECK_"
	// cookieName is the variable by which the processes of a run are found.
	cookieName = "CERTIFY_RUN="
)

// environment is what an integration is born with, made from our own environment.
func environment(from []string, cookie string, site Site) []string {
	env := slices.DeleteFunc(slices.Clone(from), func(entry string) bool {
		return strings.HasPrefix(entry, ours) || strings.HasPrefix(entry, cookieName)
	})
	env = append(env,
		cookieName+cookie,
		ours+"GATEWAY="+site.Gateway,
		ours+"SPEEDUP="+strconv.FormatFloat(site.Speedup, 'g', -1, 64))
	if site.Link != "" {
		env = append(env, ours+"INTERFACE="+site.Link)
	} else {
		env = append(env, ours+"TARGET="+site.Gateway)
	}
	if site.State != "" {
		env = append(env, ours+"TOKEN_FILE="+filepath.Join(site.State, "token"))
	}
	return env
}

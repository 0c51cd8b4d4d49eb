package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newRoot builds the command tree.
func newRoot(stdout, stderr *os.File) *cobra.Command {
	root := &cobra.Command{
		Use:   "ttcheck",
		Short: "Test Table Tracker gateways on the wire",
		Long: "ttcheck tests whether a Table Tracker gateway keeps the protocol that POS systems and\n" +
			"kitchen displays rely on, and says so with evidence. Without a device it tests its own\n" +
			"reference gateway: `ttcheck run`.\n\n" +
			"Every flag has a twin in the environment: --token-file is TTCHECK_TOKEN_FILE. One that\n" +
			"may be repeated takes a value a line there.\n\n" +
			exitCodeHelp,
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkEnvironment(cmd.Root(), os.Environ()); err != nil {
				return err
			}
			return fromEnvironment(cmd.Flags())
		},
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError(fmt.Errorf("%w (see %s --help)", plainly(err), cmd.CommandPath()))
	})
	root.AddCommand(runCommand(), certifyCommand(), posCommand(), loadCommand(), reportCommand(), gatewayCommand(), selftestCommand(), discoverCommand(), listCommand(), explainCommand(), tokenCommand(), versionCommand())
	for _, cmd := range verbs(root) {
		cmd.Args = strictArgs(cmd.Args)
	}
	root.DisableSuggestions = true // they would take several lines
	return root
}

// verbs are all commands below one, with the commands below those.
func verbs(root *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, cmd := range root.Commands() {
		all = append(append(all, cmd), verbs(cmd)...)
	}
	return all
}

// strictArgs makes wrong arguments a usage error.
func strictArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check != nil {
			if err := check(cmd, args); err != nil {
				return usageError(err)
			}
		} else if len(args) > 0 {
			return usageError(fmt.Errorf("%s takes no argument such as %.40q", cmd.CommandPath(), args[0]))
		}
		return nil
	}
}

// checkEnvironment refuses a variable TTCHECK_… that belongs to no flag of any
// verb: a mistyped one must not be ignored in silence.
func checkEnvironment(root *cobra.Command, environment []string) error {
	known := map[string]bool{gatewayVariable: true}
	for _, cmd := range verbs(root) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known[twin(f.Name)] = true })
	}
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, twinPrefix) && !known[name] {
			return usageError(fmt.Errorf("environment variable %.60s is the twin of no flag", name))
		}
	}
	return nil
}

// fromEnvironment sets every flag that was not given from its twin TTCHECK_….
func fromEnvironment(flags *pflag.FlagSet) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		name := twin(f.Name)
		value, ok := os.LookupEnv(name)
		if !ok || f.Changed || f.Name == "help" || failed != nil {
			return
		}
		for _, each := range values(f, value) {
			if err := flags.Set(f.Name, each); err != nil {
				err = plainly(err)
				if f.Name == "token" {
					err = fmt.Errorf("%s is not a token", name)
				}
				failed = usageError(fmt.Errorf("environment variable %s: %w", name, err))
				return
			}
		}
	})
	return failed
}

// values are the values that a variable has for a flag: one a line for a flag that may be
// repeated, unless all of it is blank, which is left to be refused.
func values(f *pflag.Flag, text string) []string {
	if f.Value.Type() != "stringArray" || strings.TrimSpace(text) == "" {
		return []string{text}
	}
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// twinPrefix is how the name of every variable begins that is the twin of a flag.
const twinPrefix = "TTCHECK_"

// gatewayVariable is what certify tells an integration that cannot search. It is the twin of no
// flag, and our own POS, which finds it in its environment, has no need of it.
const gatewayVariable = twinPrefix + "GATEWAY"

func twin(flag string) string {
	return twinPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

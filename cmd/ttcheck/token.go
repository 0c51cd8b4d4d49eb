package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"ttcheck/client"
	"ttcheck/protocol"
)

// pollEvery is how often a token is asked for while nobody has pressed the button.
const pollEvery = time.Second

type tokenFlags struct {
	target targetFlags
	press  string
	name   string
	wait   time.Duration
}

func tokenCommand() *cobra.Command {
	var f tokenFlags
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Have a gateway make a token",
		Long: "Token asks a gateway for an access token until its button is pressed, as an integration\n" +
			"does, and writes it to --token-file (readable by you alone) or, without one, to standard\n" +
			"output. The gateway shows a token only once.",
		Example: "  ttcheck token --target 192.0.2.10 --token-file site.token",
		RunE:    func(cmd *cobra.Command, _ []string) error { return runToken(cmd, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.target.address, "target", "", "the gateway, `HOST[:PORT]`, or auto for the only one that is found on the link")
	flags.StringVar(&f.target.iface, "interface", "", "the network interface by which the gateway is reached")
	flags.StringVar(&f.target.tokenFile, "token-file", "", "the `file` that the token is written to; it must not exist")
	flags.StringVar(&f.press, "press", "none", "how the button is pressed: none (by you, while this waits), exec:COMMAND, http:URL (gets a POST)")
	flags.StringVar(&f.name, "name", "ttcheck", "the name under which the gateway lists the token")
	flags.DurationVar(&f.wait, "wait", 2*time.Minute, "how long to wait for the button to be pressed")
	return cmd
}

func runToken(cmd *cobra.Command, f tokenFlags) error {
	if f.target.address == "" {
		return usageError(errors.New("--target is needed"))
	}
	address, source, err := f.target.resolve(cmd.Context())
	if err != nil {
		return err
	}
	presser, err := client.ParsePresser(f.press, nil)
	if err != nil {
		return usageError(fmt.Errorf("--press: %w", err))
	}
	gateway := client.New(client.Options{Address: address, LocalIP: source, Timeout: requestTimeout})
	defer gateway.Close()
	if err := answersAsGateway(cmd.Context(), gateway); err != nil {
		return cmp.Or(cmd.Context().Err(), setupError(err))
	}
	out := cmd.OutOrStdout()
	if f.target.tokenFile != "" {
		file, err := os.OpenFile(f.target.tokenFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return usageError(fmt.Errorf("--token-file: %w", err))
		}
		defer file.Close()
		out = file
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), f.wait)
	defer cancel()
	token, err := obtain(ctx, gateway, presser, f.name, func() {
		fmt.Fprintf(cmd.ErrOrStderr(), "Press the button on the gateway; waiting up to %v.\n", f.wait)
	})
	if err != nil {
		if f.target.tokenFile != "" {
			_ = os.Remove(f.target.tokenFile)
		}
		if cmd.Context().Err() != nil {
			return cmd.Context().Err()
		}
		return setupError(err)
	}
	_, err = fmt.Fprintln(out, token)
	return err
}

// obtain presses the button, if it can, and asks for a token until there is one.
func obtain(ctx context.Context, gateway *client.Client, presser client.Presser, name string, ask func()) (string, error) {
	if presser != nil {
		if _, err := presser.Press(ctx); err != nil {
			return "", err
		}
	}
	for first := true; ; first = false {
		res := gateway.Do(ctx, client.Request{Path: protocol.PathGenerate, Query: url.Values{"name": {name}}})
		switch {
		case res.Err != nil && ctx.Err() == nil:
			return "", doesNotAnswer(gateway, res.Err)
		case res.Status/100 == 2:
			return secretIn(res)
		case res.Err == nil && (res.Status/100 != 4 || res.Status == http.StatusNotFound):
			return "", fmt.Errorf("%s gives no token: GET %s is answered %s", gateway.Address(), protocol.PathGenerate, res)
		case first && presser == nil:
			ask()
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%s gave no token: the button was not pressed in time (last answer: %s)", gateway.Address(), res)
		case <-time.After(pollEvery):
		}
	}
}

func secretIn(res *client.Response) (string, error) {
	o, err := res.Object()
	if err != nil {
		return "", fmt.Errorf("the answer holds no token: %w", err)
	}
	token, err := o.Object("token")
	if err != nil {
		return "", fmt.Errorf("the answer holds no token: %w", err)
	}
	secret, err := token.String("token")
	if err != nil {
		return "", fmt.Errorf("the answer holds no token: %w", err)
	}
	return secret, nil
}

package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// wanted are what flags of each type take, in words.
var wanted = map[string]string{
	"int": "a whole number", "uint64": "a whole number from 0", "float64": "a number",
	"duration": "a duration such as 10s or 1m30s", "bool": "true or false",
}

// plainly says what is wrong with the value of a flag as a person would.
func plainly(err error) error {
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	flag := invalid.GetFlag()
	want, ok := wanted[flag.Value.Type()]
	if !ok {
		return err
	}
	if strings.Contains(err.Error(), "out of range") {
		want += " that is not so large"
	}
	return fmt.Errorf("--%s %.40q: want %s", flag.Name, invalid.GetValue(), want)
}

package main

/*
#include <stdlib.h>
static int number(void) { return atoi("42"); }
*/
import "C"

import (
	"fmt"
	"os"
)

func main() { fmt.Println(os.Args, os.Environ(), C.number()); os.Exit(3) }

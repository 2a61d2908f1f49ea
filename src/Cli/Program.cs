using Actors.Cli;

return await new ActorsProgram(CliConsole.ForProcess(), TimeProvider.System).RunAsync(args, CancellationToken.None);

using Actors.Silo.Lifetime;

return await SiloProgram.RunAsync(args, Console.Out, Console.Error);

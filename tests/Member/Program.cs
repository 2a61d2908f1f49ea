using Actors.Member;
using Actors.Member.Calls;
using Actors.Member.Counts;
using Actors.Silo.Lifetime;
using Microsoft.Extensions.DependencyInjection;

return await SiloProgram.RunAsync(args, Console.Out, Console.Error, static services => services
    .AddSingleton<Caller>()
    .AddSingleton<Tally>()
    .AddHostedService<OrderTaker>());

using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Runtime.Tests.Life;

/// <summary>An end that comes in the moment in which the grain becomes active is not lost, and neither is a call.</summary>
public sealed class EndWhileBeginningTests
{
    private const int Rounds = 40_000;

    [Fact]
    public async Task Every_call_is_answered()
    {
        using var ender = new Ender();
        await using TestSilo silo = await TestSilo.StartAsync(builder => builder.Services.AddSingleton(ender));
        for (int round = 0; round < Rounds; round++)
        {
            IBriefGrain grain = silo.Grains.GetGrain<IBriefGrain>("g" + round);
            await Guard.Within(grain.Touch(), $"the first call of round {round}");
            await Guard.Within(grain.Touch(), $"the second call of round {round}");
        }

        Assert.True(ender.Activations > Rounds, "Activations were ended.");
    }
}

using System.Collections.Concurrent;
using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>Calls, deactivations and activations at random from a seed: one activation at a time, no call lost, none made twice.</summary>
public sealed class StressTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_grain_has_one_activation_and_every_call_is_made_once(int salt)
    {
        int seed = Long ? Environment.TickCount + salt : salt;
        output.WriteLine($"seed {seed}");
        var ledger = new Ledger();
        await using TestSilo silo = await TestSilo.StartAsync(builder => builder.Services.AddSingleton(ledger));
        int callers = 16, callsEach = Long ? 50_000 : 3_000, grains = 5;
        var made = new ConcurrentDictionary<string, int>();
        await Guard.Within(
            Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
            {
                var random = new Random((seed * 1000) + caller);
                var pending = new List<Task>();
                for (int i = 0; i < callsEach; i++)
                {
                    string key = "g" + random.Next(grains);
                    ICountGrain grain = silo.Grains.GetGrain<ICountGrain>(key);
                    int kind = random.Next(100);
                    made.AddOrUpdate(key, 1, static (_, count) => count + 1);
                    pending.Add(kind switch
                    {
                        < 60 => grain.Count(),
                        < 80 => grain.CountSlowly(),
                        < 97 => grain.CountBeside(),
                        _ => grain.CountAndEnd(),
                    });
                    if (pending.Count == 8)
                    {
                        await Task.WhenAll(pending);
                        pending.Clear();
                    }
                }

                await Task.WhenAll(pending);
            }))),
            "the callers");
        Assert.Empty(ledger.Faults);
        Assert.Equal(made.OrderBy(static pair => pair.Key), ledger.Counts.OrderBy(static pair => pair.Key));
        output.WriteLine($"{ledger.Activations} activations");
        Assert.True(ledger.Activations > grains, "There were deactivations.");
    }

    [Fact]
    public async Task A_stopping_silo_answers_every_call()
    {
        var ledger = new Ledger();
        TestSilo silo = await TestSilo.StartAsync(builder => builder.Services.AddSingleton(ledger));
        int answered = 0, refused = 0;
        using var started = new CountdownEvent(8);
        Task callers = Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; refused == 0 || i < 100; i++)
            {
                try
                {
                    await silo.Grains.GetGrain<ICountGrain>("g" + ((caller + i) % 50)).CountSlowly();
                    Interlocked.Increment(ref answered);
                }
                catch (Orleans.Runtime.SiloUnavailableException)
                {
                    Interlocked.Increment(ref refused);
                }

                if (i == 10)
                {
                    started.Signal();
                }
            }
        })));
        await Guard.Within(Task.Run(started.Wait), "the callers to be busy");
        await Guard.Within(silo.StopAsync(), "the stop");
        await Guard.Within(callers, "the callers");
        Assert.Empty(ledger.Faults);
        Assert.Equal(answered, ledger.Counts.Values.Sum());
        Assert.Equal(0, ledger.Live);
        Assert.True(refused > 0);
        await silo.DisposeAsync();
    }
}

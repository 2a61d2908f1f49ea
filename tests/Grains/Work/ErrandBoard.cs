using System.Collections.Concurrent;
using Actors.Grains.Work;
using Orleans.Runtime;

namespace Actors.Grains.Tests.Work;

/// <summary>A list of grains with work, and what became of it: who was woken, and where.</summary>
internal sealed class ErrandBoard : IWorkList
{
    private readonly ConcurrentQueue<(string Key, string Silo)> _wakes = [];

    /// <summary>The grains that have work.</summary>
    public GrainId[] Grains { get; set; } = [];

    /// <summary>What a look at the list throws; null: nothing.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What a look at the list waits for; null: nothing.</summary>
    public Func<CancellationToken, Task>? OnLoad { get; set; }

    /// <summary>How often the list was looked at.</summary>
    public int Looks { get; private set; }

    /// <summary>What a wake of a grain does before it ends; null: nothing.</summary>
    public Func<string, Task>? OnWake { get; set; }

    /// <summary>Who was woken on which silo, in order.</summary>
    public IReadOnlyList<(string Key, string Silo)> Wakes => [.. _wakes];

    public static GrainId Errand(string key) => GrainId.Create("test.errand", key);

    public int CountOf(string key) => _wakes.Count(wake => wake.Key == key);

    public async Task<IReadOnlyList<GrainId>> LoadAsync(CancellationToken token)
    {
        Looks++;
        await (OnLoad?.Invoke(token) ?? Task.CompletedTask);
        return Failure is { } failure ? throw failure : Grains;
    }

    public async Task WokenAsync(string key, string silo)
    {
        _wakes.Enqueue((key, silo));
        await (OnWake?.Invoke(key) ?? Task.CompletedTask);
    }
}

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

    /// <summary>What a wake of a grain does before it ends; null: nothing.</summary>
    public Func<string, Task>? OnWake { get; set; }

    /// <summary>Who was woken on which silo, in order.</summary>
    public IReadOnlyList<(string Key, string Silo)> Wakes => [.. _wakes];

    public static GrainId Errand(string key) => GrainId.Create("test.errand", key);

    public int CountOf(string key) => _wakes.Count(wake => wake.Key == key);

    public Task<IReadOnlyList<GrainId>> LoadAsync(CancellationToken token) =>
        Failure is { } failure ? Task.FromException<IReadOnlyList<GrainId>>(failure) : Task.FromResult<IReadOnlyList<GrainId>>(Grains);

    public async Task WokenAsync(string key, string silo)
    {
        _wakes.Enqueue((key, silo));
        await (OnWake?.Invoke(key) ?? Task.CompletedTask);
    }
}

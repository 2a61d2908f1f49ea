using Orleans;

namespace Actors.Runtime.Tests.Generation;

/// <summary>A grain that keeps what it is given and gives what it keeps.</summary>
[Alias("test.ICopyGrain")]
public interface ICopyGrain : IGrainWithStringKey
{
    [Alias("Keep")]
    Task Keep(List<int> numbers, [Immutable] List<int> shared);

    [Alias("Sums")]
    ValueTask<(int Kept, int Shared)> Sums();

    [Alias("Kept")]
    Task<List<int>> Kept();

    [Alias("Shared")]
    [return: Immutable]
    ValueTask<List<int>> Shared();

    [Alias("Loop")]
    Task<Everything> Loop();

    [Alias("Me")]
    Task<ICopyGrain> Me();

    [Alias("Itself")]
    Task<ICopyGrain> Itself();

    [Alias("Ask")]
    ValueTask<int> Ask(ICopyGrain other, IWatcher? watcher);
}

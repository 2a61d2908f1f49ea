using Orleans;

namespace Actors.Runtime.Tests.Generation;

[GrainType("test.copy")]
public sealed class CopyGrain : Grain, ICopyGrain
{
    private List<int> _kept = [];
    private List<int> _shared = [];

    public Task Keep(List<int> numbers, List<int> shared)
    {
        (_kept, _shared) = (numbers, shared);
        return Task.CompletedTask;
    }

    public ValueTask<(int Kept, int Shared)> Sums() => new((_kept.Sum(), _shared.Sum()));

    public async Task<List<int>> Kept()
    {
        await Task.Yield();
        return _kept;
    }

    public ValueTask<List<int>> Shared() => new(_shared);

    public Task<Everything> Loop()
    {
        Everything? deep = null;
        for (var i = 0; i < 200; i++)
        {
            deep = new Everything { Inner = deep };
        }

        return Task.FromResult(deep!);
    }

    public Task<ICopyGrain> Me() => Task.FromResult(this.AsReference<ICopyGrain>());

    public Task<ICopyGrain> Itself() => Task.FromResult<ICopyGrain>(this);

    public async ValueTask<int> Ask(ICopyGrain other, IWatcher? watcher)
    {
        var (kept, _) = await other.Sums();
        if (watcher is not null)
        {
            await watcher.Seen(new Ring { Name = "ring", Radius = kept });
        }

        return kept;
    }
}

using System.Threading.Channels;
using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;

namespace Actors.Storage.Tests.BackEnds.Paced;

/// <summary>A back end that shows one volume that is copied, and what it is told.</summary>
internal sealed class MeteredBackEnd : IVolumeBackEnd, ICopyMeter, ILocalPools
{
    private readonly Channel<CopyRate> _renewals = Channel.CreateBounded<CopyRate>(1_000);

    public List<VolumeEffect> Effects { get; } = [];

    public bool IsCopying { get; set; } = true;

    public Exception? Failure { get; set; }

    public string Name => "metered";

    public BudgetKind Budget => BudgetKind.Enforced;

    /// <summary>The next rate that is set.</summary>
    public ValueTask<CopyRate> NextRenewalAsync() => _renewals.Reader.ReadAsync();

    public int Renewals => _renewals.Reader.Count;

    public long? CopiedBytes(string volume) => 7;

    public IReadOnlyList<(string Pool, string Folder)> PoolFolders() => [("cold", "disk"), ("hot", "disk")];

    public Task<BackEndInventory> ListAsync(CancellationToken cancellationToken) => Task.FromResult(new BackEndInventory([], []));

    public Task<VolumeView?> ReadAsync(string volume, string targetPool, CancellationToken cancellationToken) =>
        Task.FromResult<VolumeView?>(new([new("r1", "cold", true, false, true, 9), new("r2", "hot", false, false, false, 3)], "r1", IsCopying, 5, true));

    public Task PerformAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        Effects.Add(effect);
        return Task.CompletedTask;
    }

    public Task RenewAsync(string volume, CopyRate rate, CancellationToken cancellationToken)
    {
        if (!_renewals.Writer.TryWrite(rate)) throw new InvalidOperationException("nobody reads");
        return Failure is { } failure ? Task.FromException(failure) : Task.CompletedTask;
    }
}

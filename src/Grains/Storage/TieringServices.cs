using Actors.Storage.BackEnds;
using Actors.Storage.Heat;

namespace Actors.Grains.Storage;

/// <summary>What the controller's grains of a silo share.</summary>
/// <param name="Settings">How it works.</param>
/// <param name="BackEnd">What moves volumes; null when the silo has none.</param>
/// <param name="Heat">Where heat is read; null when the silo has nowhere.</param>
/// <param name="Time">The clock.</param>
/// <param name="Ids">Ids and random pauses.</param>
/// <param name="Metrics">What is reported.</param>
public sealed record TieringServices(TieringSettings Settings, IVolumeBackEnd? BackEnd, IHeatSource? Heat, TimeProvider Time, IdSource Ids, StorageMetrics Metrics)
{
    /// <summary>What to do where there is no back end.</summary>
    public const string NoBackEnd = "no back end is set, so there are no volumes: name one with the option Storage:BackEnd";

    /// <summary>Milliseconds since 1970.</summary>
    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Calls the back end with a deadline.</summary>
    /// <exception cref="BackEndException">It said no, did not answer in time, or there is none.</exception>
    public async Task<T> AskBackEndAsync<T>(Func<IVolumeBackEnd, CancellationToken, Task<T>> call, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (BackEnd is null) throw new BackEndException(NoBackEnd, isPermanent: false);
        using var deadline = new CancellationTokenSource(Settings.BackEndTimeout, Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            return await call(BackEnd, linked.Token);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw new BackEndException(FormattableString.Invariant($"the back end {BackEnd.Name} did not answer within {Settings.BackEndTimeout.TotalSeconds:0.#} s"), isPermanent: false, late);
        }
    }
}

using Actors.Runtime.Scheduling;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>What the grains of one silo tell the ledger.</summary>
public sealed class TurnReporter
{
    private readonly TurnLedger _ledger;
    private readonly Func<LocalSilo> _silo;

    internal TurnReporter(TurnLedger ledger, Func<LocalSilo> silo)
    {
        _ledger = ledger;
        _silo = silo;
    }

    /// <summary>A new activation; its number.</summary>
    public long Begin() => _ledger.Begin();

    /// <summary>A step of a turn begins.</summary>
    public void Ran(GrainId grain, long activation)
    {
        LocalSilo silo = _silo();
        _ledger.Ran(grain, activation, silo.Address, isLate: silo.Turns!.IsOver);
    }
}

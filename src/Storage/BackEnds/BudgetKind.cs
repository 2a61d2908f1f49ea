namespace Actors.Storage.BackEnds;

/// <summary>What a back end makes of a copy's budget; the plan and the page say which.</summary>
public enum BudgetKind
{
    /// <summary>No copy is faster than its rate, whoever dies.</summary>
    Enforced,

    /// <summary>No copy is faster while a silo holds it; its last rate stays when the silo dies, so that rate is a low one that is renewed.</summary>
    EnforcedWhileHeld,

    /// <summary>Each copy has a bound of its own, and the sum has none.</summary>
    Advisory,

    /// <summary>A copy cannot be slowed down: only how many there are is bounded.</summary>
    None,
}

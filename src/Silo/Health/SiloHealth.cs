namespace Actors.Silo.Health;

/// <summary>Whether the silo is alive and whether it serves, with reasons. Safe to use from any thread.</summary>
/// <param name="sources">The parts that know about themselves.</param>
public sealed class SiloHealth(IEnumerable<IHealthSource> sources)
{
    private readonly IHealthSource[] _sources = [.. sources];
    private volatile string _step = "starting";
    private volatile SiloPhase _phase = SiloPhase.Starting;

    /// <summary>Where the silo is in its life.</summary>
    public SiloPhase Phase => _phase;

    /// <summary>Whether requests are served.</summary>
    public bool IsReady => _phase == SiloPhase.Active && Problems().TrueForAll(problem => problem.IsWarning);

    /// <summary>Whether a new process would not do better.</summary>
    public bool IsAlive => Problems().TrueForAll(problem => !problem.IsFinal);

    /// <summary>The phase in a word: "Starting", "Active", "Stopping", or "Failed" when only a new process can mend it.</summary>
    public string Status => IsAlive ? Phase.ToString() : "Failed";

    /// <summary>What a start or a stop does at this moment.</summary>
    public string Step => _step;

    /// <summary>Says what a start or a stop does at this moment.</summary>
    /// <param name="step">As in "recovering the log".</param>
    public void Enter(string step) => _step = step;

    /// <summary>Everything serves.</summary>
    public void BecomeActive() => _phase = SiloPhase.Active;

    /// <summary>From now on the silo does not count as ready.</summary>
    public void BeginStop()
    {
        _step = "stopping";
        _phase = SiloPhase.Stopping;
    }

    /// <summary>What the parts report.</summary>
    public List<HealthProblem> Problems()
    {
        List<HealthProblem> problems = [];
        foreach (var source in _sources)
        {
            if (source.Problem is { } problem) problems.Add(problem);
        }

        return problems;
    }

    /// <summary>Why the silo does not serve: the step of its start or stop, and what its parts report; empty when it does.</summary>
    public IReadOnlyList<string> Reasons()
    {
        List<string> reasons = [];
        if (_phase != SiloPhase.Active) reasons.Add(_step);
        foreach (var problem in Problems()) reasons.Add($"{problem.Component}: {problem.Reason}");
        return reasons;
    }
}

using Actors.Storage.BackEnds;
using Actors.Storage.Heat;

namespace Actors.Grains.Storage;

public sealed partial class PoliciesGrain
{
    private const string NothingMeasures = "nothing measures it: name a Prometheus with the option Storage:PrometheusUrl";

    /// <summary>Anybody may look as often as they like, and a look costs as much as a round without its write.</summary>
    private static readonly TimeSpan ReportLifetime = TimeSpan.FromSeconds(1);

    /// <summary>How long a look waits for heat; people who look can do without it.</summary>
    private static readonly TimeSpan HeatPatience = TimeSpan.FromSeconds(5);

    private Task<TieringReport>? _look;
    private (TieringReport Report, long Since)? _seen;
    private int _changes;
    private bool _isHeatLate;

    private bool IsHeatWanted => services.Heat is not null && _policies.Count > 0;

    /// <inheritdoc/>
    public Task<TieringReport> Look()
    {
        if (_seen is { } seen && services.Time.GetElapsedTime(seen.Since) < ReportLifetime) return Task.FromResult(seen.Report);
        if (_look is not { IsCompleted: false }) _look = LookNowAsync();
        return _look;
    }

    /// <inheritdoc/>
    public Task<TieringReport> LookAtPools() => ReportAsync(async () => SightOf(await ListAsync(mayShare: true), null, NothingMeasures).ReportPools(services));

    /// <inheritdoc/>
    public Task LookAnew()
    {
        _changes++;
        (_look, _seen) = (null, null);
        return Task.CompletedTask;
    }

    private async Task<TieringReport> LookNowAsync()
    {
        var changes = _changes;
        var report = await ReportAsync(async () =>
        {
            var inventory = await ListAsync(mayShare: true);
            var heat = await ReadHeatInTimeAsync();
            var sight = SightOf(inventory, heat, _isHeatLate ? "Prometheus has not answered yet" : NothingMeasures);
            return sight.Report(services, _policies.Values, Plan(sight), MemoryOf);
        });
        // A problem may be mended at any moment.
        if (changes == _changes && report.Problem is null) _seen = (report, services.Time.GetTimestamp());
        return report;
    }

    private async Task<TieringReport> ReportAsync(Func<Task<TieringReport>> report)
    {
        if (services.BackEnd is null) return new TieringReport { Problem = TieringServices.NoBackEnd };
        try
        {
            return await report();
        }
        catch (BackEndException failure)
        {
            return new TieringReport { BackEnd = services.BackEnd.Name, Budget = Words.Of(services.BackEnd.Budget), Problem = failure.Message };
        }
    }

    private async Task<HeatReadings> ReadHeatAsync()
    {
        var heat = await services.Heat!.ReadAsync([.. _policies.Values.Select(static policy => policy.Spec)], CancellationToken.None);
        _isHeatLate = false;
        return heat;
    }

    /// <summary>What is measured, as far as it is there in time; those who ask after somebody has waited in vain do not wait.</summary>
    private async Task<HeatReadings?> ReadHeatInTimeAsync()
    {
        if (!IsHeatWanted) return null;
        try
        {
            return await ReadHeatAsync().WaitAsync(_isHeatLate ? TimeSpan.Zero : HeatPatience, services.Time);
        }
        catch (TimeoutException)
        {
            _isHeatLate = true;
            return null;
        }
    }
}

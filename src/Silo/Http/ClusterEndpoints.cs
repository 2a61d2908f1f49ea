using System.Text.Json;
using Actors.Grains.Overview;
using Microsoft.AspNetCore.Http.HttpResults;
using Orleans.Runtime;

namespace Actors.Silo.Http;

/// <summary><c>/api/v1/cluster</c>, <c>/api/v1/grains</c> and <c>/api/v1/grains/{type}/{key}</c>: any silo answers for all.</summary>
public static class ClusterEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapCluster(this IEndpointRouteBuilder endpoints)
    {
        // With bodies and returns: an expression would be taken for a handler that writes its answer itself.
        endpoints.MapGet("/api/v1/cluster", static async (HttpContext context) =>
        {
            return TypedResults.Json(Cluster(await ReadAsync(context)), HttpJson.Default.ClusterAnswer);
        });
        endpoints.MapGet("/api/v1/grains", static async (HttpContext context) =>
        {
            return TypedResults.Json(Grains(await ReadAsync(context)), HttpJson.Default.GrainsAnswer);
        });
        endpoints.MapGet("/api/v1/grains/{type}/{**key}", static (HttpContext context, string type, string key) => GrainAsync(context, type, key));
    }

    private static Task<ClusterReport> ReadAsync(HttpContext context) => context.RequestServices.GetRequiredService<ClusterReader>().ReadAsync();

    private static async Task<IResult> GrainAsync(HttpContext context, string type, string key)
    {
        try
        {
            return await context.RequestServices.GetRequiredService<ClusterReader>().DescribeAsync(type, key) is { } grain
                ? TypedResults.Json(Grain(grain), HttpJson.Default.GrainAnswer)
                : Problem(StatusCodes.Status404NotFound, "unknown", $"No grain class is called '{type}'.");
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException)
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, "not ready", failure.Message);
        }
    }

    private static JsonHttpResult<HealthAnswer> Problem(int code, string status, string reason) =>
        TypedResults.Json(new HealthAnswer(status, [reason]), HttpJson.Default.HealthAnswer, statusCode: code);

    private static ClusterAnswer Cluster(ClusterReport cluster) => new(
        cluster.View,
        cluster.Stalls,
        [.. cluster.Silos.Select(static silo => new ClusterSiloAnswer(
            silo.Name,
            silo.NodeId,
            silo.Address,
            silo.Status,
            silo.Reasons,
            silo.Report?.Silo.Version,
            silo.Report?.Silo.Kafka,
            silo.Report?.Silo.Http,
            silo.Report?.Silo.StartedAt,
            silo.Report?.Classes.Sum(static one => (long)one.Activations),
            silo.Report?.Stalls))]);

    private static GrainsAnswer Grains(ClusterReport cluster) => new(
        [.. cluster.Reports
            .SelectMany(static report => report.Classes.Select(one => (report.Silo.NodeId, Class: one)))
            .GroupBy(static one => one.Class.Type, StringComparer.Ordinal)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group => new GrainTypeAnswer(
                group.Key,
                group.Sum(static one => (long)one.Class.Activations),
                group.Any(static one => one.Class.WaitingCalls is null) ? null : group.Sum(static one => one.Class.WaitingCalls),
                group.Max(static one => one.Class.LongestQueue),
                group.ToDictionary(static one => one.NodeId, static one => one.Class.Activations)))],
        [.. cluster.Calls.Select(static calls => new GrainCallsAnswer(
            calls.Type,
            calls.Method,
            calls.Ok,
            calls.Errors,
            calls.Cancelled,
            calls.InFlight,
            calls.Latencies.Count,
            calls.Latencies.PercentileMs(0.5),
            calls.Latencies.PercentileMs(0.99),
            calls.Latencies.MaxMicroseconds / 1_000.0))]);

    private static GrainAnswer Grain(GrainReport grain) => new(
        grain.Type,
        grain.Key,
        grain.HomeNodeId,
        grain.ActiveNodeId,
        grain.Activation?.WaitingCalls,
        grain.Activation?.RunningCalls,
        grain.Activation?.IdleMs,
        grain.Activation?.Timers is { } timers ? [.. timers.Select(static timer => new GrainTimerAnswer(timer.PeriodMs, timer.IsDue))] : null,
        [.. grain.States.Select(static state => new GrainStateAnswer(
            state.Name, state.Json is { } json ? JsonDocument.Parse(json).RootElement : null, state.Problem))],
        grain.Unheard);
}

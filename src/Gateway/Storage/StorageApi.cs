using System.Text.Json.Nodes;
using Actors.Gateway.Agents;
using Actors.Grains.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Actors.Gateway.Storage;

/// <summary><c>/api/v1/storage/…</c>: policies, volumes, pools and links; docs/storage.md has the addresses. Any silo answers for all.</summary>
internal static class StorageApi
{
    private const string Root = "/api/v1/storage";

    /// <summary>Adds the addresses.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Root + "/policies", static context => AnswerAsync(context, PoliciesAsync));
        endpoints.MapGet(Root + "/policies/{name}", static context => AnswerAsync(context, PolicyAsync));
        endpoints.MapGet(Root + "/volumes", static context => AnswerAsync(context, VolumesAsync));
        endpoints.MapGet(Root + "/volumes/{name}", static context => AnswerAsync(context, VolumeAsync));
        endpoints.MapGet(Root + "/pools", static context => AnswerAsync(context, PoolsAsync));
        endpoints.MapGet(Root + "/links", static context => AnswerAsync(context, LinksAsync));
        endpoints.MapGet(Root + "/links/mesh", static context => AnswerAsync(context, StorageMesh.PlanAsync));
        endpoints.MapPost(Root + "/links/mesh", static context => ChangeAsync(context, StorageMesh.ApplyAsync));
        endpoints.MapPost(Root + "/policies", static context => ChangeAsync(context, StorageChanges.ApplyAsync));
        endpoints.MapDelete(Root + "/policies/{name}", static context => ChangeAsync(context, StorageChanges.DeleteAsync));
        endpoints.MapPost(Root + "/reconcile", static context => ChangeAsync(context, StorageChanges.ReconcileAsync));
        endpoints.MapPost(Root + "/volumes/{name}/migrate", static context => ChangeAsync(context, StorageChanges.MigrateAsync));
        endpoints.MapPost(Root + "/volumes/{name}/pause", static context => ChangeAsync(context, StorageChanges.PauseAsync));
        endpoints.MapPost(Root + "/volumes/{name}/resume", static context => ChangeAsync(context, StorageChanges.ResumeAsync));
        endpoints.MapPost(Root + "/volumes/{name}/abort", static context => ChangeAsync(context, StorageChanges.AbortAsync));
        endpoints.MapPost(Root + "/pools", static context => ChangeAsync(context, StorageMaking.CreatePoolAsync));
        endpoints.MapPost(Root + "/volumes", static context => ChangeAsync(context, StorageMaking.CreateVolumeAsync));
        endpoints.MapPost(Root + "/volumes/{name}/attach", static context => ChangeAsync(context, StorageMaking.AttachAsync));
        endpoints.MapPost(Root + "/volumes/{name}/detach", static context => ChangeAsync(context, StorageMaking.DetachAsync));
    }

    /// <summary>The name in the address. Kestrel leaves a slash within it as it was written, %2F.</summary>
    public static string NameOf(HttpContext context) => ((string)context.Request.RouteValues["name"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Nothing of that name is there.</summary>
    public static IResult Unknown(string what) => AgentsApi.Refuse(StatusCodes.Status404NotFound, "unknown", [what]);

    /// <summary>The grain of the policies.</summary>
    public static IPoliciesGrain Policies(HttpContext context) => Grains(context).GetGrain<IPoliciesGrain>(IPoliciesGrain.Key);

    /// <summary>All grains.</summary>
    public static IGrainFactory Grains(HttpContext context) => context.RequestServices.GetRequiredService<IGrainFactory>();

    private static Task ChangeAsync(HttpContext context, Func<HttpContext, Task<IResult>> answer) =>
        AnswerAsync(context, answer, context.RequestServices.GetRequiredService<StorageAccess>().RefuseChanging(context));

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<IResult>> answer, IResult? refusal = null)
    {
        IResult result;
        try
        {
            result = refusal ?? await answer(context);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            context.Response.Headers.RetryAfter = "1";
            result = AgentsApi.Refuse(StatusCodes.Status503ServiceUnavailable, "not ready", [$"The controller does not answer, and may have done what was asked: {failure.Message}"]);
        }

        await result.ExecuteAsync(context);
    }

    private static async Task<IResult> PoliciesAsync(HttpContext context)
    {
        var policies = await Policies(context).Read().WaitAsync(context.RequestAborted);
        return TypedResults.Json(new PoliciesAnswer([.. policies.Select(static policy => JsonNode.Parse(policy.Json)!)]), StorageApiJson.Default.PoliciesAnswer);
    }

    private static async Task<IResult> PolicyAsync(HttpContext context)
    {
        var name = NameOf(context);
        var policies = await Policies(context).Read().WaitAsync(context.RequestAborted);
        return policies.FirstOrDefault(policy => policy.Name == name) is { } found
            ? TypedResults.Text(found.Json, "application/json")
            : Unknown($"There is no policy {name}. 'actors policies list' shows them.");
    }

    private static async Task<IResult> VolumesAsync(HttpContext context)
    {
        var report = await ReadAsync(context);
        return report.Problem is { } problem
            ? Away(context, problem)
            : TypedResults.Json(new VolumesAnswer(report.BackEnd, report.Budget, report.Volumes), StorageApiJson.Default.VolumesAnswer);
    }

    private static async Task<IResult> VolumeAsync(HttpContext context)
    {
        var name = NameOf(context);
        var (volume, problem) = await context.RequestServices.GetRequiredService<TieringReader>().FindAsync(name, context.RequestAborted);
        if (problem is not null) return Away(context, problem);
        return volume is not null ? TypedResults.Json(volume, StorageApiJson.Default.VolumeReport) : Unknown($"There is no volume {name}. 'actors volumes list' shows them.");
    }

    private static async Task<IResult> PoolsAsync(HttpContext context)
    {
        var report = await Policies(context).LookAtPools().WaitAsync(context.RequestAborted);
        return report.Problem is { } problem ? Away(context, problem) : TypedResults.Json(new PoolsAnswer(report.BackEnd, await WithLoadsAsync(context, report.Pools)), StorageApiJson.Default.PoolsAnswer);
    }

    private static async Task<IReadOnlyList<PoolReport>> WithLoadsAsync(HttpContext context, IReadOnlyList<PoolReport> pools)
    {
        var loads = (await Grains(context).GetGrain<ISharesGrain>(ISharesGrain.Key).DescribePools().WaitAsync(context.RequestAborted)).ToDictionary(static load => load.Pool);
        return [.. pools.Select(pool => loads.TryGetValue(pool.Name, out var load)
            ? pool with { ApplicationBytesPerSecond = load.BytesPerSecond, LoadUnknown = load.Unknown }
            : pool with { LoadUnknown = "no silo measures it" })];
    }

    private static async Task<IResult> LinksAsync(HttpContext context)
    {
        var links = await Grains(context).GetGrain<ISharesGrain>(ISharesGrain.Key).Describe().WaitAsync(context.RequestAborted);
        return TypedResults.Json(new LinksAnswer(links), StorageApiJson.Default.LinksAnswer);
    }

    private static Task<TieringReport> ReadAsync(HttpContext context) => context.RequestServices.GetRequiredService<TieringReader>().ReadAsync(context.RequestAborted);

    /// <summary>It cannot be, as things are.</summary>
    /// <param name="reason">Why, without a full stop.</param>
    public static IResult Refused(string reason) => AgentsApi.Refuse(StatusCodes.Status409Conflict, "refused", [$"{reason}."]);

    /// <summary>The controller or the back end is away.</summary>
    public static IResult Away(HttpContext context, string problem)
    {
        context.Response.Headers.RetryAfter = "5";
        return AgentsApi.Refuse(StatusCodes.Status503ServiceUnavailable, "not ready", [$"{char.ToUpperInvariant(problem[0])}{problem[1..]}."]);
    }
}

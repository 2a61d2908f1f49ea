using System.Text.Json;
using Actors.Gateway.Agents;
using Actors.Grains.Storage;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Mesh;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Storage;

/// <summary><c>/api/v1/storage/links/mesh</c>: what the links want of the storage system's network.</summary>
internal static class StorageMesh
{
    /// <summary>Shows the difference.</summary>
    public static Task<IResult> PlanAsync(HttpContext context) => AnswerAsync(context, isApplied: false, static (mesh, token) => mesh.PlanAsync(token));

    /// <summary>Changes it; the caller was found to be allowed to.</summary>
    public static Task<IResult> ApplyAsync(HttpContext context) => AnswerAsync(context, isApplied: true, static (mesh, token) => mesh.ApplyAsync(token));

    private static async Task<IResult> AnswerAsync(HttpContext context, bool isApplied, Func<LinkMesh, CancellationToken, Task<MeshPlan>> ask)
    {
        try
        {
            var plan = await ask(context.RequestServices.GetRequiredService<LinkMesh>(), context.RequestAborted);
            return plan.Mistakes.Count > 0
                ? AgentsApi.Refuse(StatusCodes.Status409Conflict, "refused", [.. plan.Mistakes.Select(static mistake => $"{char.ToUpperInvariant(mistake[0])}{mistake[1..]}.")])
                : TypedResults.Json(new MeshAnswer(isApplied, [.. plan.Changes.Select(Show)], plan.Right, plan.Notes), StorageApiJson.Default.MeshAnswer);
        }
        catch (BackEndException refusal)
        {
            return refusal.IsPermanent ? StorageApi.Refused(refusal.Message) : StorageApi.Away(context, refusal.Message);
        }
    }

    private static MeshSetting Show(MeshChange change) =>
        new(JsonNamingPolicy.CamelCase.ConvertName(change.Part.ToString()), change.Subject, change.Setting, change.Configured, change.Wanted);
}

using System.Reflection;
using System.Runtime.Loader;
using Actors.Harness;

namespace Actors.Architecture.Tests;

/// <summary>
/// The types of src that have to do with grains, from the assemblies as they were built. They are looked at and never run, and
/// attributes are told apart by their names, so that it does not matter which runtime they were built for.
/// </summary>
internal static class GrainAssemblies
{
    private const string Grain = "Orleans.IGrain";
    private const string Observer = "Orleans.IGrainObserver";

    /// <summary>Every type of ours that people wrote; Orleans' own names are an API that is what it is.</summary>
    public static IReadOnlyList<Type> Types { get; } = Load();

    /// <summary>Interfaces of grains.</summary>
    public static IReadOnlyList<Type> GrainInterfaces { get; } = [.. Types.Where(static type => type.IsInterface && Implements(type, Grain))];

    /// <summary>Interfaces of grains and of observers.</summary>
    public static IReadOnlyList<Type> Interfaces { get; } = [.. Types.Where(static type => type.IsInterface && (Implements(type, Grain) || Implements(type, Observer)))];

    /// <summary>Classes of grains: not the references that are generated.</summary>
    public static IReadOnlyList<Type> Classes { get; } = [.. Types.Where(static type => type is { IsClass: true, IsAbstract: false } && Implements(type, Grain) && !IsReference(type))];

    /// <summary>Types that cross between silos or into the store.</summary>
    public static IReadOnlyList<Type> Messages { get; } = [.. Types.Where(static type => Has(type, "Orleans.GenerateSerializerAttribute"))];

    public static bool Has(MemberInfo member, string attribute) => member.GetCustomAttributesData().Any(data => data.AttributeType.FullName == attribute);

    public static bool Has(ParameterInfo parameter, string attribute) => parameter.GetCustomAttributesData().Any(data => data.AttributeType.FullName == attribute);

    /// <summary>The text in an attribute; null when there is none.</summary>
    public static string? TextOf(MemberInfo member, string attribute) =>
        member.GetCustomAttributesData().FirstOrDefault(data => data.AttributeType.FullName == attribute)?.ConstructorArguments[0].Value as string;

    public static bool Implements(Type type, string name) => type.GetInterfaces().Any(one => one.FullName == name);

    private static bool IsReference(Type type)
    {
        for (Type? one = type; one is not null; one = one.BaseType)
        {
            if (one.FullName == "Orleans.Runtime.GrainReference")
            {
                return true;
            }
        }

        return false;
    }

    private static Type[] Load()
    {
        string folder = Path.GetDirectoryName(Repository.Program("Silo"))!;
        var context = new AssemblyLoadContext("grains");
        // These tests run without ASP.NET, whose assemblies lie beside those of .NET.
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string web = Path.Combine(runtime, "..", "..", "Microsoft.AspNetCore.App", Path.GetFileName(runtime));
        context.Resolving += (_, name) => Array.Find([Path.Combine(folder, name.Name + ".dll"), Path.GetFullPath(Path.Combine(web, name.Name + ".dll"))], File.Exists) is { } file
            ? context.LoadFromAssemblyPath(file)
            : null;
        return
        [
            .. new[] { "Runtime", "Grains", "Gateway", "Dashboard", "Silo" }
                .SelectMany(project => context.LoadFromAssemblyPath(Path.Combine(folder, $"Actors.{project}.dll")).GetTypes())
                .Where(static type => type.Namespace?.StartsWith("Actors", StringComparison.Ordinal) == true),
        ];
    }
}

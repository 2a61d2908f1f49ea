using System.Reflection;
using System.Text.RegularExpressions;

namespace Actors.Architecture.Tests;

/// <summary>Grain code is the same on both runtimes: what they have in common, and what makes it mean the same on each.</summary>
public sealed partial class GrainRulesTests
{
    private const string Alias = "Orleans.AliasAttribute";
    private const string Immutable = "Orleans.ImmutableAttribute";
    private const string Serializable = "Orleans.GenerateSerializerAttribute";

    private static readonly string[] Results =
        ["System.Threading.Tasks.Task", "System.Threading.Tasks.Task`1", "System.Threading.Tasks.ValueTask", "System.Threading.Tasks.ValueTask`1"];

    private static readonly string[] OnMethods = ["Orleans.Concurrency.AlwaysInterleaveAttribute", "Orleans.Concurrency.OneWayAttribute", "Orleans.Concurrency.ReadOnlyAttribute"];

    private static readonly string[] OnClasses = ["Orleans.Concurrency.ReentrantAttribute", "Orleans.KeepAliveAttribute"];

    [Fact]
    public void There_are_grains()
    {
        Assert.True(GrainAssemblies.GrainInterfaces.Count >= 10, $"{GrainAssemblies.GrainInterfaces.Count} interfaces");
        Assert.True(GrainAssemblies.Classes.Count >= 10, $"{GrainAssemblies.Classes.Count} classes");
        Assert.True(GrainAssemblies.Messages.Count >= 20, $"{GrainAssemblies.Messages.Count} messages");
    }

    [Fact]
    public void Grains_have_text_for_keys() => AssertNone(
        GrainAssemblies.GrainInterfaces.Where(static type => !GrainAssemblies.Implements(type, "Orleans.IGrainWithStringKey")).Select(static type => $"{type} has no string for a key"));

    [Fact]
    public void Interfaces_and_their_methods_have_names_that_last()
    {
        AssertNone(GrainAssemblies.Interfaces.Where(static type => !GrainAssemblies.Has(type, Alias)).Select(static type => $"{type} has no [Alias]"));
        AssertNone(Methods().Where(static method => !GrainAssemblies.Has(method, Alias)).Select(static method => $"{Name(method)} has no [Alias]"));
        AssertNone(Methods().GroupBy(static method => (method.DeclaringType, GrainAssemblies.TextOf(method, Alias))).Where(static same => same.Count() > 1)
            .Select(static same => $"{same.Key.DeclaringType} has two methods called {same.Key.Item2}"));
        AssertNone(GrainAssemblies.Interfaces.Concat(GrainAssemblies.Messages).GroupBy(static type => GrainAssemblies.TextOf(type, Alias)).Where(static same => same.Key is not null && same.Count() > 1)
            .Select(static same => $"{string.Join(" and ", same)} are both called {same.Key}"));
    }

    [Fact]
    public void Methods_return_tasks_and_are_cancelled_by_their_last_parameter()
    {
        AssertNone(Methods().Where(static method => !Results.Contains(Definition(method.ReturnType).FullName)).Select(static method => $"{Name(method)} returns {method.ReturnType}"));
        AssertNone(Methods().Where(static method => method.GetParameters().SkipLast(1).Any(static parameter => parameter.ParameterType.FullName == "System.Threading.CancellationToken"))
            .Select(static method => $"{Name(method)} has a CancellationToken that is not its last parameter"));
    }

    [Fact]
    public void Attributes_are_where_they_have_an_effect_on_both()
    {
        BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        AssertNone(GrainAssemblies.Classes.SelectMany(type => type.GetMethods(all)).Where(static method => OnMethods.Any(attribute => GrainAssemblies.Has(method, attribute)))
            .Select(static method => $"{Name(method)} has an attribute that belongs on the interface's method"));
        AssertNone(GrainAssemblies.Interfaces.Where(static type => OnClasses.Any(attribute => GrainAssemblies.Has(type, attribute))).Select(static type => $"{type} has an attribute that belongs on the class"));
    }

    [Fact]
    public void Classes_have_a_type_and_no_name_of_messages()
    {
        AssertNone(GrainAssemblies.Classes.Where(static type => !GrainAssemblies.Has(type, "Orleans.GrainTypeAttribute")).Select(static type => $"{type} has no [GrainType]"));
        AssertNone(GrainAssemblies.Classes.Where(static type => GrainAssemblies.Has(type, Alias) || GrainAssemblies.Has(type, Serializable)).Select(static type => $"{type} has [Alias] or [GenerateSerializer]"));
    }

    [Fact]
    public void What_crosses_does_not_change_and_has_a_name_that_lasts()
    {
        AssertNone(GrainAssemblies.Messages.Where(static type => !GrainAssemblies.Has(type, Alias) && !type.IsEnum).Select(static type => $"{type} has no [Alias]"));
        AssertNone(Crossing().Where(static one => one.Type.Assembly.GetName().Name!.StartsWith("Actors.", StringComparison.Ordinal) && one.Type is { IsEnum: false, IsInterface: false, HasElementType: false })
            .Where(static one => !GrainAssemblies.Has(one.Type, Serializable) || (!GrainAssemblies.Has(one.Type, Immutable) && !typeof(Exception).IsAssignableFrom(one.Type)))
            .Where(static one => one.Type.Namespace!.StartsWith("Actors", StringComparison.Ordinal))
            .Select(static one => $"{one.Type}, in {one.Where}, is not [GenerateSerializer, Immutable]"));
    }

    [Fact]
    public void Neither_the_wire_nor_the_log_shows_in_signatures() => AssertNone(
        Crossing().Where(static one => one.Type.Assembly.GetName().Name is "Actors.Kafka" or "Actors.Log").Select(static one => $"{one.Type} is in {one.Where}"));

    [Fact]
    public void Bytes_cross_as_memory_that_nobody_changes()
    {
        AssertNone(Crossing().Where(static one => one.Type.FullName == "System.Byte[]").Select(static one => $"an array of bytes is in {one.Where}"));
        AssertNone(Methods().SelectMany(static method => method.GetParameters())
            .Where(static parameter => parameter.ParameterType == typeof(ReadOnlyMemory<byte>) && !GrainAssemblies.Has(parameter, Immutable))
            .Select(static parameter => $"{parameter.Name} of {Name((MethodInfo)parameter.Member)} is not [Immutable]"));
    }

    [Fact]
    public void Grains_await_in_their_turns_and_use_nothing_that_differs()
    {
        string[] grains = [.. SourceTree.With([".cs"], "src").Where(static file => GrainClass().IsMatch(SourceTree.Read(file)))];
        Assert.True(grains.Length >= 10, $"{grains.Length} files");
        // A class in several files: all of them.
        string[] files = [.. SourceTree.With([".cs"], "src").Where(file => grains.Any(grain => file.StartsWith(grain[..^2], StringComparison.Ordinal)))];
        AssertNone(files.Where(static file => SourceTree.Read(file).Contains("ConfigureAwait(false)", StringComparison.Ordinal)).Select(static file => $"{file} leaves the grain's turn"));
        AssertNone(SourceTree.With([".cs"], "src/Grains", "src/Gateway", "src/Dashboard", "src/Silo").Where(static file => NotOnBoth().IsMatch(SourceTree.Read(file)))
            .Select(static file => $"{file} uses what only one runtime has, or what differs"));
    }

    [GeneratedRegex(@"^\s*\[(?:[\w.]+(?:\([^)]*\))?,\s*)*GrainType\(", RegexOptions.Multiline)]
    private static partial Regex GrainClass();

    [GeneratedRegex(@"\[StatelessWorker|\[PreferLocalPlacement|: GrainService\b|IRemindable|IAsyncStream<|\[Transaction\(")]
    private static partial Regex NotOnBoth();

    private static void AssertNone(IEnumerable<string> broken)
    {
        string[] all = [.. broken.Distinct()];
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, all));
    }

    private static IEnumerable<MethodInfo> Methods() => GrainAssemblies.Interfaces.SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance));

    private static string Name(MethodInfo method) => $"{method.DeclaringType}.{method.Name}";

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    /// <summary>Every type in a signature, and what such types are made of, each with one place where it is.</summary>
    private static List<(Type Type, string Where)> Crossing()
    {
        var seen = new Dictionary<Type, string>();
        foreach (MethodInfo method in Methods())
        {
            foreach (Type type in method.GetParameters().Select(static parameter => parameter.ParameterType).Append(method.ReturnType))
            {
                Follow(type, Name(method));
            }
        }

        return [.. seen.Select(static one => (one.Key, one.Value))];

        void Follow(Type type, string where)
        {
            if (type.IsGenericParameter || !seen.TryAdd(type, where))
            {
                return;
            }

            Type[] parts = type.IsGenericType ? type.GetGenericArguments() : type is { HasElementType: true } && type != typeof(byte[]) ? [type.GetElementType()!] : [];
            foreach (Type part in parts)
            {
                Follow(part, where);
            }

            if (GrainAssemblies.Has(type, Serializable))
            {
                foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Where(static property => GrainAssemblies.Has(property, "Orleans.IdAttribute")))
                {
                    Follow(property.PropertyType, $"{type}.{property.Name}");
                }
            }
        }
    }
}

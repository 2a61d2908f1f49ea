using System.Reflection;
using Actors.Runtime.Invocation;
using Actors.Runtime.Serialization;

namespace Actors.Runtime.Activations;

/// <summary>
/// The generated code of all assemblies that the program consists of: those that are loaded, and those that they refer to.
/// Found once per process, when the first silo is made.
/// </summary>
internal sealed class GrainCode
{
    private static readonly Lock FindLock = new();
    private static GrainCode? _found;

    private readonly GrainCodeBuilder _builder = new();

    private GrainCode(IEnumerable<Assembly> assemblies)
    {
        foreach (Assembly assembly in assemblies)
        {
            foreach (GrainCodeAttribute attribute in assembly.GetCustomAttributes<GrainCodeAttribute>())
            {
                ((IGrainCode)Activator.CreateInstance(attribute.Code)!).Register(_builder);
            }
        }
    }

    public IReadOnlyList<GrainInterfaceCode> Interfaces => _builder.Interfaces;

    public IReadOnlyList<Type> Classes => _builder.Classes;

    public IReadOnlyList<Codec> Codecs => _builder.Codecs;

    /// <summary>The code of this process.</summary>
    public static GrainCode Find()
    {
        lock (FindLock)
        {
            return _found ??= new GrainCode(Reachable());
        }
    }

    private static List<Assembly> Reachable()
    {
        string own = typeof(GrainCode).Assembly.GetName().Name!;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var found = new List<Assembly>();
        var queue = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies());
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            queue.Enqueue(entry);
        }

        while (queue.TryDequeue(out Assembly? assembly))
        {
            string name = assembly.GetName().Name ?? "";
            if (assembly.IsDynamic || !seen.Add(name) || IsForeign(name))
            {
                continue;
            }

            AssemblyName[] references = assembly.GetReferencedAssemblies();
            if (name == own || Array.Exists(references, reference => reference.Name == own))
            {
                found.Add(assembly);
            }

            foreach (AssemblyName reference in references)
            {
                if (!seen.Contains(reference.Name!) && !IsForeign(reference.Name!))
                {
                    queue.Enqueue(Assembly.Load(reference));
                }
            }
        }

        return found;
    }

    /// <summary>The framework's assemblies bring no grains, and there are hundreds.</summary>
    private static bool IsForeign(string name) =>
        name.StartsWith("System.", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.", StringComparison.Ordinal)
        || name is "System" or "netstandard" or "mscorlib" or "WindowsBase";
}

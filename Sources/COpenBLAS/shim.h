#include <cblas.h>

// The LAPACK that OpenBLAS contains, by its Fortran symbols: Debian's header package declares only BLAS. Matrices are column-major;
// every argument is a pointer; integers have 32 bits. The lengths of character arguments, which Fortran passes last, are left out as
// in LAPACK's own C interface: no routine here reads them.
void sgesdd_(const char *job, const int *m, const int *n, float *a, const int *lda, float *s, float *u, const int *ldu, float *vt,
             const int *ldvt, float *work, const int *lwork, int *iwork, int *info);
void ssyevd_(const char *job, const char *triangle, const int *n, float *a, const int *lda, float *w, float *work, const int *lwork,
             int *iwork, const int *liwork, int *info);
void sgeqrf_(const int *m, const int *n, float *a, const int *lda, float *tau, float *work, const int *lwork, int *info);
void sorgqr_(const int *m, const int *n, const int *k, float *a, const int *lda, const float *tau, float *work, const int *lwork,
             int *info);
void sgesv_(const int *n, const int *columns, float *a, const int *lda, int *pivots, float *b, const int *ldb, int *info);
void sgelsd_(const int *m, const int *n, const int *columns, float *a, const int *lda, float *b, const int *ldb, float *s,
             const float *condition, int *rank, float *work, const int *lwork, int *iwork, int *info);
